import { describe, expect, it } from 'vitest'
import { callRagwire } from '../support/call-ragwire.ts'
import { makeFolder } from '../support/documents.ts'
import { startRagwire } from '../support/start-ragwire.ts'

const request = (id: number, method: string, params: unknown) => JSON.stringify({ jsonrpc: '2.0', id, method, params })
const clientInfo = { name: 'test', version: '1' }
const CALLS = [
  request(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo }),
  JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
  request(2, 'tools/call', { name: 'search', arguments: { query: 'How long do cats sleep?' } }),
  request(3, 'tools/call', { name: 'fetch', arguments: { id: 'cats.md' } }),
  request(4, 'tools/call', { name: 'ask', arguments: { question: 'How long do cats sleep?' } }),
]

describe('ragwire mcp', () => {
  it('writes only the protocol to stdout, answers after the index is ready, and ends with stdin', async () => {
    using folder = makeFolder()
    const args = ['mcp', 'docs', '--memory', '--base-url', 'https://docs.example.com/a']
    const program = startRagwire(args, { cwd: folder.path, isOpen: true })
    program.write(`${CALLS.join('\n')}\n`)
    for (const id of [2, 3, 4]) await program.untilPrinted(`"id":${id}`)
    program.endInput()
    const { code, stdout, stderr } = await program.ended
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    const url = 'https://docs.example.com/a/cats.md'
    expect(answers).toHaveLength(4)
    expect(answers).toContainEqual(
      expect.objectContaining({
        id: 1,
        result: expect.objectContaining({ serverInfo: { name: 'ragwire', version: expect.any(String) } }),
      }),
    )
    const resultOf = (content: unknown) =>
      expect.objectContaining({
        result: expect.objectContaining({ structuredContent: expect.objectContaining(content) }),
      })
    expect(answers).toContainEqual(resultOf({ results: [expect.objectContaining({ id: 'cats.md', url })] }))
    expect(answers).toContainEqual(resultOf({ title: 'Cats', text: expect.stringContaining('16 hours'), url }))
    expect(answers).toContainEqual(resultOf({ answer: 'Cats sleep 16 hours a day. [1]' }))
    expect(stderr).toContain('2 new')
    expect(code).toBe(0)
  })

  it.each([
    [['mcp', 'none'], 'there is no such file or folder'],
    [['mcp', 'docs', '--base-url', 'docs.example.com'], 'it must be an address such as https://docs.example.com'],
  ])('exits with 2 before it serves, for %j', async (args, message) => {
    using folder = makeFolder()
    const { code, stdout, stderr } = await callRagwire(args, { cwd: folder.path })
    expect(stderr).toContain(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})
