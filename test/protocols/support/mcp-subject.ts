import OpenAI from 'openai'
import { createChat, type HistoryStore } from '../../../src/index.ts'
import { collectReport, createKnowledge, memoryKnowledgeStore } from '../../../src/knowledge.ts'
import { openaiChatModel } from '../../../src/openai.ts'

// The document that the tools find.
const TEA = { documentId: 'tea.md', title: 'Tea', content: '# Tea\n\nGreen tea is steeped at 80 °C.' } as const

/** Creates the chat and the tools of the tests, over a server of a model. */
export async function createSubject(baseURL: string, history?: HistoryStore) {
  const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
  await collectReport(knowledge.sync([TEA]))
  const client = new OpenAI({ baseURL, apiKey: 'none' })
  const model = openaiChatModel({ client, model: 'any' })
  // A model that waits is ended by a stop alone.
  const chat = createChat({ retriever: knowledge.retriever(), model, retries: 0, idleMs: Infinity, history })
  return { chat, tools: { name: 'tests', version: '1.2.3', knowledge, baseUrl: 'https://docs.example' } }
}
