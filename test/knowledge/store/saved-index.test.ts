import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IndexedDocument } from '../../../src/knowledge/store/knowledge-store.ts'
import { loadMemoryKnowledgeStore, memoryKnowledgeStore } from '../../../src/knowledge/store/memory-store.ts'

const { signal } = new AbortController()
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ragwire-'))
  path = join(folder, 'saved.index')
})
afterEach(() => rm(folder, { recursive: true }))

function documentOf(documentId: string, text = 'one two'): IndexedDocument {
  const chunk = {
    chunkId: '0',
    text,
    start: 0,
    end: text.length,
    terms: text.split(' '),
    vector: Float32Array.of(0.6, 0.8),
  }
  return { scope: '', documentId, hash: text, chunks: [chunk] }
}

async function storeWith(...documents: readonly IndexedDocument[]) {
  const store = memoryKnowledgeStore()
  await store.commit({ documents, embedding: { embedderId: 'e', dimensions: 2 } }, { signal })
  return store
}

describe('a saved index', () => {
  it('fails with one clear error, wherever a byte of the file is changed', async () => {
    const store = await storeWith(documentOf('a'), documentOf('b'))
    await store.save(path)
    const bytes = await readFile(path)
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes)
      changed[at] = (bytes[at] ?? 0) ^ 0x10
      await writeFile(path, changed)
      await expect(loadMemoryKnowledgeStore(path), `byte ${at}`).rejects.toMatchObject({
        name: 'IndexFileError',
        code: expect.stringMatching(/^(damaged|foreign)$/u),
        message: expect.stringContaining(`Cannot load the index from ${path}: `),
      })
    }
  })

  it('fails with one clear error, wherever the file is cut', async () => {
    const store = await storeWith(documentOf('a'))
    await store.save(path)
    const { length } = await readFile(path)
    for (let size = length - 1; size >= 0; size -= 7) {
      await truncate(path, size)
      await expect(loadMemoryKnowledgeStore(path), `${size} bytes`).rejects.toHaveProperty('name', 'IndexFileError')
    }
  })

  it.each<[string, string | Uint8Array, string]>([
    ['is empty', '', 'it is not an index that a store has saved'],
    ['is text', '{"documents": []}'.repeat(20), 'it is not an index that a store has saved'],
    ['is an SQLite database', `SQLite format 3\0${'x'.repeat(100)}`, 'it is not an index that a store has saved'],
    ['is larger than an index', new Uint8Array(100_000), 'it is not an index that a store has saved'],
  ])('fails for a file that %s, and says what to do', async (_name, content, reason) => {
    await writeFile(path, content)
    await expect(loadMemoryKnowledgeStore(path, { create: true })).rejects.toMatchObject({
      code: 'foreign',
      message: `Cannot load the index from ${path}: ${reason}. Give the path of a saved index, or index the documents again and save them to this path`,
    })
  })

  it('fails for a foreign file of a terabyte without reading it', async () => {
    const file = await open(path, 'w')
    await file.truncate(2 ** 40)
    await file.close()
    await expect(loadMemoryKnowledgeStore(path)).rejects.toHaveProperty('code', 'foreign')
  })

  it('fails for another version of the format', async () => {
    await (await storeWith(documentOf('a'))).save(path)
    const file = await open(path, 'r+')
    await file.write(Uint8Array.of(9), 0, 1, 24)
    await file.close()
    await expect(loadMemoryKnowledgeStore(path)).rejects.toThrow('it has version 9, and this release reads 1')
  })

  it('fails if there is no file, or makes an empty index', async () => {
    await expect(loadMemoryKnowledgeStore(path)).rejects.toMatchObject({
      code: 'missing',
      message: `Cannot load the index from ${path}: there is no such file. With create: true, an empty index is made`,
    })
    const store = await loadMemoryKnowledgeStore(path, { create: true })
    expect(await store.state({ signal })).toMatchObject({ documents: 0 })
  })

  it('fails for a folder, and for a path in no folder', async () => {
    await expect(loadMemoryKnowledgeStore(folder)).rejects.toHaveProperty('code', 'inaccessible')
    const store = await storeWith(documentOf('a'))
    await expect(store.save(join(folder, 'none', 'x.index'))).rejects.toMatchObject({ code: 'inaccessible' })
    await expect(store.save(folder)).rejects.toMatchObject({ code: 'inaccessible' })
    expect(await readdir(folder)).toEqual([])
  })

  it('holds what was there at the time of the call', async () => {
    const store = await storeWith(...Array.from({ length: 300 }, (_, index) => documentOf(`d${index}`)))
    const before = await store.state({ signal })
    const saving = store.save(path)
    await store.commit(
      {
        removals: [{ scope: '', documentId: 'd1' }],
        versions: [{ scope: '', documentId: 'd2', hash: documentOf('d2').hash, version: 'v2' }],
      },
      { signal },
    )
    await store.commit({ documents: [documentOf('new')], embedding: { embedderId: 'e', dimensions: 2 } }, { signal })
    await saving
    const saved = await loadMemoryKnowledgeStore(path)
    expect(await saved.state({ signal })).toEqual(before)
    expect((await saved.document({ scope: '', documentId: 'd2' }, { signal }))?.document).not.toHaveProperty('version')
    expect(await saved.inspect({ signal })).toEqual([])
  })

  it('is the one of the last call, if several save at the same time', async () => {
    const store = memoryKnowledgeStore()
    const saves: Promise<void>[] = []
    for (let round = 1; round <= 5; round++) {
      await store.commit(
        { documents: [documentOf(`d${round}`)], embedding: { embedderId: 'e', dimensions: 2 } },
        { signal },
      )
      saves.push(store.save(path))
    }
    await Promise.all(saves)
    expect((await (await loadMemoryKnowledgeStore(path)).state({ signal })).documents).toBe(5)
    expect(await readdir(folder)).toEqual(['saved.index'])
  })

  it('stays as it was if the next save is aborted, and the save after it works', async () => {
    const store = await storeWith(documentOf('a'))
    await store.save(path)
    await store.commit({ documents: [documentOf('b')], embedding: { embedderId: 'e', dimensions: 2 } }, { signal })
    const controller = new AbortController()
    const saving = store.save(path, { signal: controller.signal })
    controller.abort(new Error('stop'))
    await expect(saving).rejects.toThrow('stop')
    expect((await (await loadMemoryKnowledgeStore(path)).state({ signal })).documents).toBe(1)
    expect(await readdir(folder)).toEqual(['saved.index'])
    await store.save(path)
    expect((await (await loadMemoryKnowledgeStore(path)).state({ signal })).documents).toBe(2)
  })

  it('keeps a symbolic link, and writes the file that it points to', async () => {
    const link = join(folder, 'link.index')
    const store = await storeWith(documentOf('a'))
    await store.save(path)
    await symlink(path, link)
    await store.commit({ documents: [documentOf('b')], embedding: { embedderId: 'e', dimensions: 2 } }, { signal })
    await store.save(link)
    expect((await (await loadMemoryKnowledgeStore(path)).state({ signal })).documents).toBe(2)
  })

  it('removes what a killed process has left, and not what another one writes', async () => {
    const [old, young] = [join(folder, 'saved.index.x.tmp'), join(folder, 'saved.index.y.tmp')]
    await writeFile(old, 'half')
    await writeFile(young, 'half')
    await utimes(old, 0, 0)
    await (await storeWith(documentOf('a'))).save(path)
    expect((await readdir(folder)).toSorted()).toEqual(['saved.index', 'saved.index.y.tmp'])
  })

  it('is the old one or the new one after kill -9 at any moment of a save', { timeout: 60_000 }, async () => {
    await (await storeWith(documentOf('first'))).save(path)
    let revisions = 0
    for (let round = 0; round < 20; round++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'save-forever.ts'), path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      // It prints a line after each save.
      for (let seen = 0; seen <= round % 3; seen++) await once(child.stdout, 'data')
      await new Promise((resolve) => setImmediate(resolve))
      child.kill('SIGKILL')
      await once(child, 'exit')
      const store = await loadMemoryKnowledgeStore(path)
      expect(await store.inspect({ signal })).toEqual([])
      const { documents } = await store.state({ signal })
      expect(documents % 50).toBe(1)
      revisions += documents
    }
    expect(revisions).toBeGreaterThan(20)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['path', () => loadMemoryKnowledgeStore('')],
    ['path', () => loadMemoryKnowledgeStore({ path: 'x' } as unknown as string)],
    ['path', () => memoryKnowledgeStore().save('a\0b')],
    ['create', () => loadMemoryKnowledgeStore('x', { create: 1 as unknown as boolean })],
    ['creat', () => loadMemoryKnowledgeStore('x', { creat: true } as object)],
    ['signal', () => memoryKnowledgeStore().save('x', { signal: 1 as unknown as AbortSignal })],
  ])('rejects a wrong %s', async (field, call) => {
    await expect(call()).rejects.toMatchObject({ code: 'invalid-input', field })
  })
})
