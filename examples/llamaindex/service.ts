import { Settings, VectorStoreIndex } from 'llamaindex'
import { createChat, memoryHistoryStore, type ChatEvent, type ChatResult, type TurnOptions } from 'ragwire'
import { fromLlamaIndexRetriever } from 'ragwire/llamaindex'
import { documents } from './documents.ts'
import { chooseModels } from './models.ts'
import { chatEvent, createAnswerWorkflow, questionEvent, resultEvent } from './workflow.ts'

const { embedding, ...models } = chooseModels(process.env)
Settings.embedModel = embedding
const index = await VectorStoreIndex.fromDocuments(documents)

// ragwire makes a stand-alone question of a follow-up, numbers the sources and checks the citations.
const chat = createChat({
  ...models,
  retriever: fromLlamaIndexRetriever(index.asRetriever({ similarityTopK: 2 })),
  history: memoryHistoryStore(),
  onError: console.error,
})
const workflow = createAnswerWorkflow(chat)

/** Yields each event of an answer, and then returns the complete answer with its sources. */
export async function* streamAnswer(turn: TurnOptions): AsyncGenerator<ChatEvent, ChatResult> {
  const { stream, sendEvent } = workflow.createContext()
  // Opened before the first event, because a stream has no earlier events.
  const events = stream.until(resultEvent)
  sendEvent(questionEvent.with(turn))
  for await (const event of events) {
    if (chatEvent.include(event)) yield event.data
    if (resultEvent.include(event)) return event.data
  }
  throw new Error('The workflow ended without a result')
}
