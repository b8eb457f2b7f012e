import { afterEach, describe, expect, it, vi } from 'vitest'
import { createChat } from '../../../src/index.ts'
import { extractiveChatModel } from '../../../src/local.ts'
import { serveMcpOverStdio, type McpStdioOptions } from '../../../src/mcp.ts'
import { openKnowledge } from './support/mcp-bench.ts'

// The protocol itself is tested with clients that start a process: test/protocols/mcp.test.ts.

const knowledge = await openKnowledge()
const chat = createChat({ retriever: knowledge.retriever(), model: extractiveChatModel() })
const options: McpStdioOptions = { name: 'tests', knowledge, chat }

afterEach(() => vi.doUnmock('@modelcontextprotocol/server/stdio'))

describe('serveMcpOverStdio', () => {
  it.each([
    [{ chat: undefined }, 'chat'],
    [{ scope: '' }, 'scope'],
    [{ signal: 'soon' }, 'signal'],
    [{ onError: 1 }, 'onError'],
    [{ name: '' }, 'name'],
    [{ path: '/mcp' }, 'path'],
    [{ baseUrl: 'docs' }, 'baseUrl'],
  ])('rejects %j with the field %s, and does not read stdin', async (changes, field) => {
    const listeners = process.stdin.listenerCount('data')
    const served = serveMcpOverStdio({ ...options, ...changes } as McpStdioOptions)
    await expect(served).rejects.toMatchObject({ code: 'invalid-input', field: expect.stringContaining(field) })
    expect(process.stdin.listenerCount('data')).toBe(listeners)
  })

  it('resolves when its signal fires, before or while it serves, and leaves no listener', async () => {
    const count = () => ['data', 'end', 'close'].map((event) => process.stdin.listenerCount(event))
    const before = count()
    await serveMcpOverStdio({ ...options, signal: AbortSignal.abort() })
    const controller = new AbortController()
    const served = serveMcpOverStdio({ ...options, signal: controller.signal })
    await expect.poll(() => process.stdin.listenerCount('data')).toBeGreaterThan(before[0] ?? 0)
    controller.abort()
    await served
    expect(count()).toEqual(before)
  })

  it('rejects if the package is missing, with the command to install it', async () => {
    vi.doMock('@modelcontextprotocol/server/stdio', () => {
      throw new Error('Cannot find package')
    })
    await expect(serveMcpOverStdio(options)).rejects.toThrow(/npm install @modelcontextprotocol\/server$/u)
  })
})
