// A program of a consumer, with `exactOptionalPropertyTypes`: it is compiled against the packed declarations.
import { collectChat, createCitationCheck, memoryHistoryStore, streamChat, traceHooks } from 'ragwire'
import { agUi } from 'ragwire/ag-ui'
import { aiSdkChatModel, type AiSdkModel } from 'ragwire/ai-sdk'
import { createChatClient, createChatStore, createThreadList } from 'ragwire/client'
import { expressChat } from 'ragwire/express'
import { fastifyChat } from 'ragwire/fastify'
import { honoChat } from 'ragwire/hono'
import { fromLlamaIndexRetriever, type LlamaIndexRetriever } from 'ragwire/llamaindex'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { citationLinks, markedCitations, remarkCitations } from 'ragwire/markdown'
import { ndjsonFrames, readNdjson } from 'ragwire/ndjson'
import { sendToNode, toNodeHandler, toNodeReadable, type NodeResponse } from 'ragwire/node'
import { openaiChatModel, openaiEmbedder, type OpenAIChatClient, type OpenAIEmbeddingClient } from 'ragwire/openai'
import { openaiResponses } from 'ragwire/openai-responses'
import { postgresHistoryStore, postgresRunStore, type PostgresClient } from 'ragwire/postgres'
import { redisHistoryStore, redisRunStore, type RedisClient } from 'ragwire/redis'
import { createChatHandler, createRunRegistry, memoryRunStore, parseChatRequest } from 'ragwire/server'
import { sqliteHistoryStore, type SqliteDatabase } from 'ragwire/sqlite'
import { encodeSse, readSse, sseFrames } from 'ragwire/sse'
import { createFaultServer, manualClock } from 'ragwire/testing'
import { toReadableStream, toResponse } from 'ragwire/web'

/** The values that the program uses. */
export interface Parts {
  readonly openai: OpenAIChatClient & OpenAIEmbeddingClient
  readonly aiSdk: AiSdkModel
  readonly llamaindex: LlamaIndexRetriever
  readonly postgres: PostgresClient
  readonly redis: RedisClient
  readonly database: SqliteDatabase
  readonly response: NodeResponse
  readonly count: number | undefined
  readonly text: string | undefined
  readonly signal: AbortSignal | undefined
}

/** Uses every entry point, and passes values that may be undefined for every optional option. */
export async function use({ count, text, signal, ...parts }: Parts): Promise<void> {
  const retriever = localRetriever(
    [{ documentId: 'tea', text: 'Green tea is steeped at 80 °C.', title: text, url: text }],
    {
      minScore: count,
    },
  )
  const model = extractiveChatModel({ maxSentences: count })
  const body = parseChatRequest({ question: 'How hot?' }, { maxQuestionChars: count })
  const open = () => streamChat({ ...body, retriever, model, signal, topK: count, prompt: { rules: text } })
  for await (const event of open()) if (event.type === 'token') traceHooks(() => {}).onEvent(event)
  const result = await collectChat(open())
  if (result.error) throw new Error(result.error.message)

  const bytes = toReadableStream(open(), { keepAliveMs: count })
  for await (const event of readSse(bytes, { signal, maxEventBytes: count })) event.type satisfies string
  for await (const event of readNdjson(toReadableStream(open(), { format: 'ndjson' }))) event.seq satisfies number
  for await (const frame of sseFrames(open())) encodeSse({ data: frame, id: text })
  for await (const line of ndjsonFrames(open(), { keepAliveMs: count })) line satisfies string
  toResponse(open(), { status: count, headers: { 'x-request': 'a' } }) satisfies Response
  await sendToNode(open(), parts.response, { stallMs: count })
  toNodeReadable(open()).destroy()

  const scope = () => 'everybody'
  const runs = createRunRegistry({ store: memoryRunStore({ maxRuns: count }), maxRuns: count })
  const dialects = [
    agUi({ path: text }),
    openaiResponses({ path: text, models: undefined, toFilter: undefined, fileSearch: undefined }),
  ]
  const handler = createChatHandler({
    retriever,
    model,
    scope,
    runs,
    dialects,
    topN: count,
    basePath: text,
    onError: false,
  })
  expressChat(handler, { scope })
  honoChat(handler)
  toNodeHandler(handler, { onError: undefined })
  void fastifyChat

  openaiChatModel({ client: parts.openai, model: 'm', maxEventBytes: count })
  openaiEmbedder({ client: parts.openai, model: 'm', batchSize: count })
  aiSdkChatModel({ model: parts.aiSdk, headers: undefined, providerOptions: undefined })
  fromLlamaIndexRetriever(parts.llamaindex, { titleKey: text })
  createCitationCheck()
  memoryHistoryStore({ maxThreads: count })
  sqliteHistoryStore({ database: parts.database, busyMs: count })
  postgresHistoryStore({ client: parts.postgres, schema: text })
  postgresRunStore({ client: parts.postgres, retainMs: count })
  redisHistoryStore({ client: parts.redis, prefix: text })
  redisRunStore({ client: parts.redis, maxEvents: count })
  const client = createChatClient({ url: '/api', headers: { 'x-tenant': 'a' }, idleMs: count, fetch })
  for await (const event of client.ask({ question: 'Why?', threadId: text }, { signal })) event.seq satisfies number
  const store = createChatStore({ url: '/api', headers: undefined, credentials: undefined, fetch: undefined })
  store.subscribe(() => store.getSnapshot().turns.at(-1)?.result.answer satisfies string | undefined)
  await store.send('Why?', { replaces: text })
  citationLinks(result, { href: undefined }) satisfies string
  markedCitations(result, { href: undefined, render: undefined })
  remarkCitations(result)
  await createThreadList(store).load({ search: text })
  const server = await createFaultServer({ timeLimitMs: count })
  await server.close()
  void manualClock
}
