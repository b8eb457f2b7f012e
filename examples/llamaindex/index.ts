// Answers from a LlamaIndex index, word by word and with its sources: node examples/llamaindex/index.ts
import { Settings, VectorStoreIndex } from 'llamaindex'
import { streamChat } from 'ragwire'
import { fromLlamaIndexRetriever } from 'ragwire/llamaindex'
import { extractiveChatModel } from 'ragwire/local'
import { documents } from './documents.ts'
import { HashedEmbedding } from './hashed-embedding.ts'

Settings.embedModel = new HashedEmbedding()
const index = await VectorStoreIndex.fromDocuments(documents)

const events = streamChat({
  question: process.argv[2] ?? 'How long is the warranty of a kettle?',
  retriever: fromLlamaIndexRetriever(index.asRetriever({ similarityTopK: 2 })),
  // Quotes the sources and needs no key. Replace it by openaiChatModel of ragwire/openai.
  model: extractiveChatModel(),
})

for await (const event of events) {
  if (event.type === 'source') console.log(`[${event.source.number}] ${event.source.title}`)
  if (event.type === 'token') process.stdout.write(event.delta)
  if (event.type === 'done') console.log(`\n${event.finishReason}`)
  if (event.type === 'error') console.error(`\n${event.code}: ${event.message}`)
}
