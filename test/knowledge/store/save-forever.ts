import { loadMemoryKnowledgeStore } from '../../../src/knowledge/store/memory-store.ts'

// Adds 50 documents and saves, again and again, until it is killed.
const [path = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const store = await loadMemoryKnowledgeStore(path)
for (let round = 0; ; round++) {
  const documents = Array.from({ length: 50 }, (_, index) => ({
    scope: '',
    documentId: `${process.pid}-${round}-${index}`,
    hash: 'h',
    chunks: [
      { chunkId: '0', text: 'text '.repeat(200), start: 0, end: 1000, terms: ['text'], vector: Float32Array.of(1, 0) },
    ],
  }))
  await store.commit({ documents, embedding: { embedderId: 'e', dimensions: 2 } }, { signal })
  await store.save(path)
  process.stdout.write(`${round}\n`)
}
