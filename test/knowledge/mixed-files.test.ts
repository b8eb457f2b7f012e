import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import type { KnowledgeDocument } from '../../src/knowledge.ts'
import { collectReport, createKnowledge, memoryKnowledgeStore, readFolder } from '../../src/knowledge.ts'
import { fakeEmbedder } from './fake-embedder.ts'
import { temporaryFolder } from './loaders/temporary-folder.ts'
import { writeMixedFiles } from './mixed-files.ts'

const FILES = 1_000
const { signal } = new AbortController()

const embedder = fakeEmbedder((texts, vectors) => {
  if (texts.some((text) => text.includes('broken-few'))) return vectors.slice(1)
  return vectors.map((vector, index) => {
    if (texts[index]?.includes('broken-nan')) return vector.map(() => NaN)
    return texts[index]?.includes('broken-short') ? vector.subarray(1) : vector
  })
})

describe('knowledge.sync of 1,000 mixed files', () => {
  it('indexes every good file, and names each bad one once with its code', async () => {
    const folder = await temporaryFolder()
    const { good, bad } = await writeMixedFiles(folder, FILES)
    const knowledge = createKnowledge({ store: memoryKnowledgeStore(), embedder })
    const delays = monitorEventLoopDelay({ resolution: 5 })
    delays.enable()
    const before = process.memoryUsage().rss
    const started = performance.now()
    const report = await collectReport(knowledge.sync(whileOneGrows(folder)))
    delays.disable()
    const seconds = (performance.now() - started) / 1000
    const rssMb = (process.memoryUsage().rss - before) / 2 ** 20
    if (process.env['FIGURES'])
      console.log(`${seconds.toFixed(1)} s, blocked at most ${delays.max / 1e6} ms, RSS +${rssMb.toFixed(0)} MB`)

    expect(report.skipped).toHaveLength(bad.size)
    expect(new Map(report.skipped.map(({ documentId, code }) => [documentId, code]))).toEqual(bad)
    for (const { documentId, message } of report.skipped) {
      expect(message).toContain(documentId)
      expect(message).not.toContain('\n')
    }
    expect(report.added).toBe(good.size)

    const retriever = knowledge.retriever({ mode: 'lexical' })
    for (const [path, word] of good) {
      const [found] = await retriever.retrieve(word, { topK: 1, signal })
      expect(found?.chunk.documentId).toBe(path)
    }

    const again = await collectReport(knowledge.sync(withoutReading(whileOneGrows(folder), good)))
    expect(again).toMatchObject({ added: 0, updated: 0, removed: 0, unchanged: good.size })
    const { problems, differences } = await knowledge.verify(whileOneGrows(folder))
    expect(problems).toEqual([])
    // Their content is readable, so only the index can tell that they are missing.
    const missing = differences.filter(({ type }) => type !== 'skipped')
    expect(missing.map(({ documentId, type }) => [documentId, type])).toEqual([
      ['bad/few.md', 'missing'],
      ['bad/nan.md', 'missing'],
      ['bad/short.md', 'missing'],
    ])
  }, 120_000)
})

/** Reads a folder, and writes to one of its files while that file is read. */
async function* whileOneGrows(folder: string): AsyncGenerator<KnowledgeDocument> {
  for await (const document of readFolder(folder)) {
    const { content, documentId } = document
    if (documentId !== 'bad/growing.log' || typeof content !== 'function') yield document
    else yield { ...document, content: (call) => writingTo(join(folder, documentId), () => content(call)) }
  }
}

async function writingTo<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  const file = await open(path, 'a')
  let isOpen = true
  const writing = (async () => {
    while (isOpen) await file.write('more')
    await file.close()
  })()
  try {
    return await read()
  } finally {
    isOpen = false
    await writing
  }
}

/** Fails the content of a good document if it is read. */
async function* withoutReading(
  documents: AsyncIterable<KnowledgeDocument>,
  good: ReadonlyMap<string, string>,
): AsyncGenerator<KnowledgeDocument> {
  for await (const document of documents) {
    const content = (): never => expect.fail(`${document.documentId} is read again`)
    yield good.has(document.documentId) ? { ...document, content } : document
  }
}
