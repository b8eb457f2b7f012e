// Answers from a LlamaIndex index, word by word and with its sources: node examples/llamaindex/index.ts
import { BaseEmbedding, Document, Settings, VectorStoreIndex } from 'llamaindex'
import { streamChat } from 'ragwire'
import { fromLlamaIndexRetriever } from 'ragwire/llamaindex'
import { extractiveChatModel } from 'ragwire/local'

const DOCUMENTS = [
  ['returns', 'Returns', 'Unused items can be returned within thirty days. The buyer pays for the parcel.'],
  [
    'shipping',
    'Shipping',
    'Parcels leave the warehouse within two days. Shipping inside of the country costs five euros.',
  ],
  ['warranty', 'Warranty', 'Electric kettles have a warranty of two years. Scale in the kettle is not covered.'],
] as const

/** Hashes words into a vector, so that the example needs no key and no network. Use a real embedding model instead. */
class HashedEmbedding extends BaseEmbedding {
  // The constructor of the base class is protected.
  constructor() {
    super()
  }

  async getTextEmbedding(text: string): Promise<number[]> {
    const vector = Array.from({ length: 256 }, () => 0)
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      const place = [...word].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % vector.length, 7)
      vector[place] = (vector[place] ?? 0) + 1
    }
    return vector
  }
}

Settings.embedModel = new HashedEmbedding()
const documents = DOCUMENTS.map(([id_, title, text]) => new Document({ id_, text, metadata: { title } }))
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
