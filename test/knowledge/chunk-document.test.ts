import { describe, expect, it } from 'vitest'
import {
  chunkDocument,
  collectReport,
  createKnowledge,
  memoryKnowledgeStore,
  weighTerms,
  type KnowledgeDocument,
} from '../../src/knowledge.ts'

const GUIDE: KnowledgeDocument = {
  documentId: 'guide.md',
  content: `# Tea\n\n## Green\n\n${'Steep it at eighty degrees. '.repeat(30)}\n\n## Black\n\nSteep it at ninety degrees.`,
  url: 'https://docs.example/guide.md',
  metadata: { year: 2026 },
}

describe('chunkDocument', () => {
  it('gives the chunks that createKnowledge stores', async () => {
    const knowledge = createKnowledge({ store: memoryKnowledgeStore(), chunkChars: 300 })
    await collectReport(knowledge.sync([GUIDE]))
    const { signal } = new AbortController()
    const stored = await knowledge.retriever({ minScore: 0 }).retrieve('steep degrees', { topK: 50, signal })
    const { chunks } = await chunkDocument(GUIDE, { chunkChars: 300 })
    const ids = stored.map(({ chunk }) => chunk.chunkId)
    expect(ids.length).toBeGreaterThan(2)
    expect(chunks.map(({ chunk }) => chunk.chunkId).toSorted()).toEqual(ids.toSorted())
    const { revision: _, ...first } = stored[0]?.chunk ?? {}
    expect(chunks.map(({ chunk }) => chunk)).toContainEqual(first)
  })

  it('gives texts for an embedder and terms that weighTerms finds', async () => {
    const { documentId, chunks } = await chunkDocument(GUIDE)
    expect(documentId).toBe('guide.md')
    const [last] = chunks.slice(-1)
    expect(last?.indexedText).toContain('Black')
    expect(last?.chunk).toMatchObject({ section: ['Tea'], metadata: { year: 2026 } })
    for (const term of weighTerms('ninety degrees').keys()) expect(last?.terms).toContain(term)
  })

  it('gives the same hash for the same document, and another one for another content, metadata or size', async () => {
    const hashes = await Promise.all(
      [
        chunkDocument({ ...GUIDE }),
        chunkDocument({ ...GUIDE, content: 'Other.' }),
        chunkDocument({ ...GUIDE, metadata: { year: 2025 } }),
        chunkDocument(GUIDE, { chunkChars: 300 }),
      ].map(async (chunked) => (await chunked).hash),
    )
    expect(new Set(hashes).size).toBe(4)
    expect(hashes[0]).toBe((await chunkDocument(GUIDE)).hash)
  })

  it('uses the loaders and the limits of its options', async () => {
    const loaders = { 'text/x-shout': () => ({ text: 'LOUD' }) }
    const { chunks } = await chunkDocument({ documentId: 'a', content: 'b', mediaType: 'text/x-shout' }, { loaders })
    expect(chunks.map(({ chunk }) => chunk.text)).toEqual(['LOUD'])
    await expect(chunkDocument(GUIDE, { maxContentBytes: 10 })).rejects.toMatchObject({ code: 'too-large' })
  })

  it.each([
    [
      { documentId: 'a', content: ' ' },
      { name: 'DocumentError', code: 'empty' },
    ],
    [
      { documentId: '', content: 'x' },
      { name: 'DocumentError', code: 'invalid-document' },
    ],
    [
      { documentId: 'a', content: 'x', scope: 'ann' },
      { name: 'DocumentError', code: 'invalid-document' },
    ],
  ])('rejects the document %j', async (document, error) => {
    await expect(chunkDocument(document)).rejects.toMatchObject(error)
  })

  it('rejects an unknown option by its name, and an invalid value', async () => {
    const unknown = { chunkSize: 3 } as object
    await expect(chunkDocument(GUIDE, unknown)).rejects.toThrow('chunkSize')
    await expect(chunkDocument(GUIDE, { chunkChars: 1 })).rejects.toMatchObject({ field: 'chunkChars' })
  })

  it('rejects with the reason of its signal, also while a content does not come', async () => {
    const reason = new Error('stopped')
    await expect(chunkDocument(GUIDE, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const content = () => {
      controller.abort(reason)
      return new Promise<string>(() => {})
    }
    await expect(chunkDocument({ documentId: 'a', content }, { signal: controller.signal })).rejects.toBe(reason)
  })
})
