import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFaultServer, faults } from '../../../src/testing.ts'
import { callRagwire } from '../support/call-ragwire.ts'
import { makeFolder } from '../support/documents.ts'
import { startRagwire } from '../support/start-ragwire.ts'

const index = (cwd: string, ...args: readonly string[]) => callRagwire(['index', 'docs', ...args], { cwd })

describe('ragwire index', () => {
  it.each([
    ['one file', ['docs/tea.md']],
    ['a folder with an exclusion', ['docs', '--exclude', 'tea.md']],
  ])('keeps the index of the whole folder when %s is indexed, too', async (_name, args) => {
    using folder = makeFolder()
    await index(folder.path)
    const { code } = await callRagwire(['index', ...args], { cwd: folder.path })
    expect(code).toBe(0)
    expect(await index(folder.path, '--verify')).toMatchObject({ code: 0 })
  })

  it.runIf(process.platform === 'linux').each(['/proc/nowhere', '/dev/null/x'])(
    'ends with one line when no folder can be made at %s',
    async (data) => {
      using folder = makeFolder()
      const { code, stderr } = await index(folder.path, '--data', data)
      expect(code).toBe(2)
      expect(stderr).toMatch(/^Cannot write to .*Name another folder with --data, or use --memory\n$/)
    },
  )

  it.runIf(process.platform === 'linux')('does not let the name of a file begin a line of its own', async () => {
    using folder = makeFolder({ 'docs/tea.md': '# Tea\n\nHot.', 'docs/a\nThe index is fine': '' })
    const { stderr } = await index(folder.path)
    const { stdout } = await index(folder.path, '--verify')
    expect(stderr).toContain('a The index is fine')
    expect(stdout).toContain('a The index is fine')
  })

  it.runIf(process.platform === 'linux')('does not wait for a .gitignore that is a pipe', async () => {
    using folder = makeFolder()
    execFileSync('mkfifo', [join(folder.path, 'docs/.gitignore')])
    expect(await index(folder.path)).toMatchObject({ code: 0 })
  })

  it.runIf(process.platform === 'linux').each([
    ['eval', ['eval', '/dev/zero', '--docs', 'docs']],
    ['the configuration', ['index', 'docs', '--config', '/dev/zero']],
  ])('ends with one line for an endless file of %s', async (_name, args) => {
    using folder = makeFolder()
    const { code, stderr } = await callRagwire(args, { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Cannot read \/dev\/zero: it has more than \d+ bytes.*\n$/)
  })

  it('prints its report as JSON, and reads only what has changed', async () => {
    using folder = makeFolder()
    const first = await index(folder.path, '--json')
    expect(JSON.parse(first.stdout)).toMatchObject({ added: 2, unchanged: 0, skipped: [], documents: 2 })
    writeFileSync(join(folder.path, 'docs/dogs.md'), '# Dogs\n\nDogs bark.')
    const second = await index(folder.path, '--json')
    expect(JSON.parse(second.stdout)).toMatchObject({ added: 1, unchanged: 2, documents: 3 })
    const rebuilt = await index(folder.path, '--rebuild', '--json')
    expect(JSON.parse(rebuilt.stdout)).toMatchObject({ added: 3, unchanged: 0, documents: 3 })
  })

  it('exits with 1 and names each difference with --verify, and changes nothing', async () => {
    using folder = makeFolder()
    await index(folder.path)
    const same = await index(folder.path, '--verify')
    expect(same).toMatchObject({ code: 0, stdout: 'The index has exactly the 2 documents\n' })
    writeFileSync(join(folder.path, 'docs/tea.md'), '# Tea\n\nTea is cold.')
    writeFileSync(join(folder.path, 'docs/dogs.md'), '# Dogs\n\nDogs bark.')
    rmSync(join(folder.path, 'docs/cats.md'))
    const text = await index(folder.path, '--verify')
    expect(text.stdout.split('\n').map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'missing: dogs.md is not in the index',
      'changed: tea.md has another content or other settings than in the index',
      'extra: cats.md is in the index and not among the documents',
      '3 differences: run ragwire index without --verify to bring it up to date',
      '',
    ])
    const json = await index(folder.path, '--verify', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, differences: [{}, {}, {}] })
    expect([text.code, json.code]).toEqual([1, 1])
  })

  it('counts the files that no loader reads with --verify, unless the index has an earlier version', async () => {
    using folder = makeFolder()
    writeFileSync(join(folder.path, 'docs/photo.png'), 'no image')
    writeFileSync(join(folder.path, 'docs/data.txt'), 'The data.')
    await index(folder.path)
    const same = await index(folder.path, '--verify')
    expect(same).toEqual({
      code: 0,
      stdout: 'The index has exactly the 3 documents\n',
      stderr: 'Left out: 1 file that no loader reads (1 .png)\n',
    })
    writeFileSync(join(folder.path, 'docs/data.txt'), Buffer.from([0, 1, 2, 0, 255]))
    const json = await index(folder.path, '--verify', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      documents: 3,
      differences: [{ documentId: 'data.txt', type: 'skipped', code: 'not-text', indexed: true }],
      leftOut: 1,
    })
    expect(json.code).toBe(1)
  })

  it('empties the index with --clear', async () => {
    using folder = makeFolder()
    await index(folder.path)
    expect(await index(folder.path, '--clear')).toMatchObject({ code: 0, stderr: 'The index is empty\n' })
    expect((await index(folder.path, '--verify')).code).toBe(1)
  })

  it('says how far it came after Ctrl-C, and the next run goes on', async () => {
    await using server = await createFaultServer()
    server.use(faults.embeddings(), { path: '/v1/embeddings' })
    using folder = makeFolder()
    const env = { OPENAI_BASE_URL: server.baseURL, OPENAI_EMBEDDING_MODEL: 'm' }
    const call = { cwd: folder.path, env }
    await callRagwire(['index', 'docs'], call)
    writeFileSync(join(folder.path, 'docs/dogs.md'), '# Dogs\n\nDogs bark.')
    server.use(faults.silent(), { path: '/v1/embeddings' })
    const before = server.hits.length
    const program = startRagwire(['index', 'docs'], call)
    const hit = await server.hit(before)
    program.signal('SIGINT')
    expect(await hit.closed).toBe('client')
    const { code, stderr } = await program.ended
    expect(stderr).toMatch(/Stopped: the index has 2 of 3 documents; run it again to go on\n$/)
    expect(code).toBe(130)
    server.use(faults.embeddings(), { path: '/v1/embeddings' })
    expect((await callRagwire(['index', 'docs'], call)).code).toBe(0)
    expect((await callRagwire(['index', 'docs', '--verify'], call)).code).toBe(0)
  })
})
