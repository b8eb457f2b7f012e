// OPENSEARCH_URL=http://127.0.0.1:9200 node examples/opensearch/index.ts
import assert from 'node:assert/strict'
import { Client } from '@opensearch-project/opensearch'
import { collectChat, createChat } from 'ragwire'
import { hashedNgramEmbedder } from 'ragwire/knowledge'
import { extractiveChatModel } from 'ragwire/local'
import { createOpenSearchIndex } from './opensearch-index.ts'
import { openSearchRetriever } from './opensearch-retriever.ts'

/** Indexes some documents, asks a question, changes a document, and asks again. */
export async function main(url: string): Promise<void> {
  const { signal } = new AbortController()
  const client = new Client({ node: url })
  // Replace the embedder by that of a model, such as openaiEmbedder().
  const shared = { client, index: 'handbook', embedder: hashedNgramEmbedder(), fields: { year: 'double' } } as const
  const index = createOpenSearchIndex(shared)
  await index.create({ signal })
  const returns = { documentId: 'returns.md', url: 'https://shop.example/returns', metadata: { year: 2026 } }
  await index.put({ ...returns, content: '# Returns\n\nUnused items can be returned within thirty days.' }, { signal })
  await index.put(
    { documentId: 'salaries.md', content: 'The salaries are paid on the last day.' },
    { scope: 'ann', signal },
  )

  const chat = createChat({ retriever: openSearchRetriever(shared), model: extractiveChatModel() })
  const question = 'Within how many days can unused items be returned?'
  const filter = { year: { $gte: 2025 } }
  const before = await collectChat(chat.stream({ question, filter, scope: 'bob' }))
  console.log(before.answer, before.sources)
  assert.match(before.answer, /thirty days/)

  await index.put({ ...returns, content: '# Returns\n\nUnused items can be returned within sixty days.' }, { signal })
  const after = await collectChat(chat.stream({ question, filter, scope: 'bob' }))
  console.log(after.answer, after.sources)
  assert.match(after.answer, /sixty days/)

  const foreign = await collectChat(chat.stream({ question: 'When are the salaries paid?', scope: 'bob' }))
  assert.equal(
    foreign.sources.some(({ documentId }) => documentId === 'salaries.md'),
    false,
  )
  await client.close()
}

if (process.argv[1] === import.meta.filename) await main(process.env['OPENSEARCH_URL'] ?? 'http://127.0.0.1:9200')
