// QDRANT_URL=http://127.0.0.1:6333 node examples/qdrant/index.ts
import assert from 'node:assert/strict'
import { QdrantClient } from '@qdrant/js-client-rest'
import { collectChat, createChat } from 'ragwire'
import { hashedNgramEmbedder } from 'ragwire/knowledge'
import { extractiveChatModel } from 'ragwire/local'
import { createQdrantIndex } from './qdrant-index.ts'
import { qdrantRetriever } from './qdrant-retriever.ts'

/** Indexes some documents, asks a question, changes a document, and asks again. */
export async function main(url: string): Promise<void> {
  const { signal } = new AbortController()
  // Another timeout would replace the signal of a request.
  const client = new QdrantClient({ url, timeout: Infinity, checkCompatibility: false })
  // Replace it by the embedder of a model, such as openaiEmbedder().
  const shared = { client, collection: 'handbook', embedder: hashedNgramEmbedder() }
  const index = createQdrantIndex({ ...shared, fields: { year: 'float' } })
  await index.create({ signal })
  const returns = { documentId: 'returns.md', url: 'https://shop.example/returns', metadata: { year: 2026 } }
  await index.put({ ...returns, content: '# Returns\n\nUnused items can be returned within thirty days.' }, { signal })
  await index.put(
    { documentId: 'salaries.md', content: 'The salaries are paid on the last day.' },
    { scope: 'ann', signal },
  )

  const chat = createChat({ retriever: qdrantRetriever({ ...shared, minScore: 0.2 }), model: extractiveChatModel() })
  const question = 'Within how many days can unused items be returned?'
  const filter = { year: { $gte: 2025 } }
  const before = await collectChat(chat.stream({ question, filter, scope: 'bob' }))
  console.log(before.answer, before.sources)
  assert.match(before.answer, /thirty days/)

  await index.put({ ...returns, content: '# Returns\n\nUnused items can be returned within sixty days.' }, { signal })
  const after = await collectChat(chat.stream({ question, filter, scope: 'bob' }))
  console.log(after.answer, after.sources)
  assert.match(after.answer, /sixty days/)
  assert.deepEqual(
    after.sources.map(({ section }) => section),
    before.sources.map(({ section }) => section),
  )

  const foreign = await collectChat(chat.stream({ question: 'When are the salaries paid?', scope: 'bob' }))
  assert.equal(
    foreign.sources.some(({ documentId }) => documentId === 'salaries.md'),
    false,
  )
}

if (process.argv[1] === import.meta.filename) await main(process.env['QDRANT_URL'] ?? 'http://127.0.0.1:6333')
