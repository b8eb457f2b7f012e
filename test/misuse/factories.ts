import {
  collectChat,
  createChat,
  createCitationCheck,
  memoryHistoryStore,
  modelCitationCheck,
  modelCondenser,
  streamChat,
  traceHooks,
} from '../../src/index.ts'
import { aiSdkChatModel } from '../../src/ai-sdk.ts'
import { expressChat } from '../../src/express.ts'
import { fastifyChat } from '../../src/fastify.ts'
import { honoChat } from '../../src/hono.ts'
import {
  fromLlamaIndexEmbedding,
  fromLlamaIndexEngine,
  fromLlamaIndexModel,
  fromLlamaIndexPostprocessor,
  fromLlamaIndexRetriever,
  fromLlamaIndexWorkflow,
} from '../../src/llamaindex.ts'
import { extractiveChatModel, localCondenser, localRetriever } from '../../src/local.ts'
import { ndjsonFrames, readNdjson } from '../../src/ndjson.ts'
import { answerNodeRequest, sendToNode, toNodeHandler, toNodeReadable } from '../../src/node.ts'
import { openaiChatModel, openaiEmbedder, openaiResponsesModel } from '../../src/openai.ts'
import { openaiChat } from '../../src/openai-chat.ts'
import { migratePostgres, postgresHistoryStore, postgresMigrations, postgresRunStore } from '../../src/postgres.ts'
import { cachedHistoryStore, redisHistoryStore, redisRunStore } from '../../src/redis.ts'
import { createChatHandler, createRunRegistry, memoryRunStore, parseChatRequest } from '../../src/server.ts'
import { sqliteHistoryStore } from '../../src/sqlite.ts'
import { encodeSse, readSse, sseFrames } from '../../src/sse.ts'
import {
  chatModelContract,
  createFaultProxy,
  createFaultServer,
  faults,
  fakeRetriever,
  historyStoreContract,
  openRawClient,
  retrieverContract,
  runStoreContract,
  scriptedChatModel,
} from '../../src/testing.ts'
import { toReadableStream, toResponse } from '../../src/web.ts'

/** A public function that takes options. */
export interface Factory {
  readonly name: string
  /** A complete set of options. */
  readonly valid: Readonly<Record<string, unknown>>
  readonly call: (options: never) => unknown
  /** Options that accept any value. */
  readonly anything?: readonly string[]
  /** Options that a valid call cannot contain, or that have a side effect: only their names are tested. */
  readonly namesOnly?: true
}

const retriever = fakeRetriever(['Cats sleep 16 hours a day.'])
const model = scriptedChatModel(['Hello', { type: 'finish' }])
const handler = createChatHandler({ retriever, model, scope: () => 'everybody' })
const pg = { query: async () => ({ rows: [] }) }
const redis = { sendCommand: async () => null }
const openai = {
  chat: { completions: { create: () => {} } },
  responses: { create: () => {} },
  embeddings: { create: () => {} },
}
const aiSdk = { specificationVersion: 'v4', provider: 'p', modelId: 'm', doStream: async () => ({}) }
const stream = (): AsyncIterable<never> => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) })
const body = (): ReadableStream<Uint8Array> => new ReadableStream<Uint8Array>()
const database = { exec: () => {}, prepare: () => ({ run: () => {}, get: () => {}, all: () => [] }) }
const runner = { describe: () => {}, it: () => {}, name: 'x', create: () => ({}) }
const gone = { destroyed: true, writableEnded: true } as never
const { signal } = new AbortController()

/** Every public function of every entry point that takes an options object. */
export const FACTORIES: readonly Factory[] = [
  { name: 'streamChat', valid: { question: 'Why?', retriever, model }, call: streamChat, anything: ['filter'] },
  { name: 'createChat', valid: { retriever, model }, call: createChat },
  {
    name: 'chat.stream',
    valid: { question: 'Why?' },
    call: (options) => createChat({ retriever, model }).stream(options),
    anything: ['filter'],
  },
  { name: 'createChatHandler', valid: { retriever, model, scope: () => 'everybody' }, call: createChatHandler },
  { name: 'createRunRegistry', valid: {}, call: createRunRegistry },
  { name: 'drain', valid: {}, call: (options) => createRunRegistry().drain(options) },
  {
    name: 'start',
    valid: { scope: 's', runId: 'r', open: stream },
    call: (run) => createRunRegistry().start(run, { signal }),
    namesOnly: true,
  },
  { name: 'memoryRunStore', valid: {}, call: memoryRunStore },
  {
    name: 'parseChatRequest',
    valid: {},
    call: (options) => parseChatRequest({ question: 'Why?' }, options),
    namesOnly: true,
  },
  { name: 'memoryHistoryStore', valid: {}, call: memoryHistoryStore },
  { name: 'modelCondenser', valid: { model }, call: modelCondenser },
  { name: 'createCitationCheck', valid: {}, call: createCitationCheck },
  { name: 'modelCitationCheck', valid: { model }, call: modelCitationCheck },
  { name: 'toNodeHandler', valid: {}, call: (options) => toNodeHandler(handler, options) },
  {
    name: 'answerNodeRequest',
    valid: {},
    call: (options) => answerNodeRequest(handler, gone, gone, options),
    namesOnly: true,
  },
  { name: 'sendToNode', valid: {}, call: (options) => sendToNode(stream(), gone, options) },
  { name: 'toNodeReadable', valid: {}, call: (options) => toNodeReadable(stream(), options) },
  { name: 'toResponse', valid: {}, call: (options) => toResponse(stream(), options), anything: ['headers'] },
  { name: 'toReadableStream', valid: {}, call: (options) => toReadableStream(stream(), options) },
  { name: 'sseFrames', valid: {}, call: (options) => sseFrames(stream(), options) },
  { name: 'ndjsonFrames', valid: {}, call: (options) => ndjsonFrames(stream(), options) },
  { name: 'readSse', valid: {}, call: (options) => readSse(body(), options) },
  { name: 'readNdjson', valid: {}, call: (options) => readNdjson(body(), options) },
  { name: 'encodeSse', valid: { data: 'x' }, call: encodeSse },
  { name: 'expressChat', valid: {}, call: (options) => expressChat(handler, options) },
  {
    name: 'fastifyChat',
    valid: { handler },
    call: (options) => fastifyChat({ prefix: '', route: () => {} }, options),
    anything: ['prefix', 'logLevel', 'logSerializers'],
  },
  { name: 'openaiChat', valid: {}, call: openaiChat },
  { name: 'honoChat', valid: {}, call: (options) => honoChat(handler, options) },
  { name: 'openaiChatModel', valid: { client: openai, model: 'm' }, call: openaiChatModel, anything: ['extraBody'] },
  {
    name: 'openaiResponsesModel',
    valid: { client: openai, model: 'm' },
    call: openaiResponsesModel,
    anything: ['extraBody'],
  },
  { name: 'openaiEmbedder', valid: { client: openai, model: 'm' }, call: openaiEmbedder },
  { name: 'aiSdkChatModel', valid: { model: aiSdk }, call: aiSdkChatModel },
  {
    name: 'fromLlamaIndexEmbedding',
    valid: {},
    call: (options) => fromLlamaIndexEmbedding({ getTextEmbedding: async () => [1] }, options),
  },
  {
    name: 'fromLlamaIndexEngine',
    valid: {},
    call: (options) => fromLlamaIndexEngine({ query: async () => stream() }, options),
  },
  {
    name: 'fromLlamaIndexModel',
    valid: {},
    call: (options) => fromLlamaIndexModel({ chat: async () => stream() }, options),
  },
  {
    name: 'fromLlamaIndexPostprocessor',
    valid: { toNode: () => ({}) },
    call: (options) => fromLlamaIndexPostprocessor({ postprocessNodes: async () => [] }, options),
  },
  {
    name: 'fromLlamaIndexWorkflow',
    valid: { createContext: () => {}, start: () => {}, text: () => {}, stop: () => false },
    call: fromLlamaIndexWorkflow,
  },
  {
    name: 'fromLlamaIndexRetriever',
    valid: {},
    call: (options) => fromLlamaIndexRetriever({ retrieve: async () => [] }, options),
  },
  { name: 'localRetriever', valid: {}, call: (options) => localRetriever([], options) },
  { name: 'extractiveChatModel', valid: {}, call: extractiveChatModel },
  { name: 'localCondenser', valid: {}, call: localCondenser },
  { name: 'postgresHistoryStore', valid: { client: pg }, call: postgresHistoryStore },
  { name: 'postgresRunStore', valid: { client: pg }, call: postgresRunStore },
  { name: 'postgresMigrations', valid: {}, call: postgresMigrations },
  {
    name: 'migratePostgres',
    valid: {},
    call: (options) => migratePostgres({ query: async () => ({ rows: [{ answer: '1' }] }) }, options),
  },
  { name: 'redisHistoryStore', valid: { client: redis }, call: redisHistoryStore },
  { name: 'redisRunStore', valid: { client: redis }, call: redisRunStore },
  {
    name: 'cachedHistoryStore',
    valid: { client: redis },
    call: (options) => cachedHistoryStore(memoryHistoryStore(), options),
  },
  { name: 'sqliteHistoryStore', valid: { database }, call: sqliteHistoryStore },
  { name: 'createFaultServer', valid: {}, call: createFaultServer, anything: ['models'] },
  { name: 'createFaultProxy', valid: { upstreamPort: 9 }, call: createFaultProxy },
  { name: 'openRawClient', valid: { port: 9 }, call: openRawClient, namesOnly: true },
  {
    name: 'fakeRetriever',
    valid: {},
    call: (options) => fakeRetriever([], options),
    anything: ['gate', 'hang', 'error'],
  },
  { name: 'scriptedChatModel', valid: {}, call: (options) => scriptedChatModel([], options) },
  {
    name: 'framed',
    valid: {},
    call: (options) => faults.framed(faults.silent(), options),
    anything: ['lineEnd', 'bom'],
  },
  ...Object.entries({ chatModelContract, historyStoreContract, retrieverContract, runStoreContract }).map(
    ([name, call]) => ({
      name,
      valid: { ...runner, ...(name === 'retrieverContract' && { query: 'q' }) },
      call,
      namesOnly: true as const,
    }),
  ),
]

/** Arguments that are not options objects, and the field that the error names. */
export const WRONG_ARGUMENTS: readonly (readonly [name: string, field: string, call: () => unknown])[] = [
  ['expressChat({ retriever, model })', 'handler', () => expressChat({ retriever, model } as never)],
  ['honoChat({ handler })', 'handler', () => honoChat({ handler } as never)],
  [
    'fastifyChat with a handler of another kind',
    'handler',
    () => fastifyChat({ prefix: '', route: () => {} }, { handler: {} } as never),
  ],
  ['toResponse of a result', 'events', () => toResponse({ answer: '' } as never)],
  ['toReadableStream of a promise', 'events', () => toReadableStream(Promise.resolve() as never)],
  ['toNodeReadable of nothing', 'events', () => toNodeReadable(undefined as never)],
  ['sendToNode of the options', 'events', () => sendToNode({ question: 'q' } as never, gone)],
  ['sseFrames of a list', 'events', () => sseFrames([] as never)],
  ['ndjsonFrames of text', 'events', () => ndjsonFrames('text' as never)],
  ['collectChat of a function', 'stream', () => collectChat((() => {}) as never)],
  ['toNodeHandler({ handler })', 'handler', () => toNodeHandler({ handler } as never)],
  ['answerNodeRequest of no handler', 'handler', () => answerNodeRequest(undefined as never, gone, gone)],
  [
    'postgresHistoryStore({ client: url })',
    'client',
    () => postgresHistoryStore({ client: 'postgres://h/db' } as never),
  ],
  ['postgresRunStore({ client: url })', 'client', () => postgresRunStore({ client: 'postgres://h/db' } as never)],
  ['migratePostgres(url)', 'client', () => migratePostgres('postgres://h/db' as never)],
  [
    'postgresHistoryStore(pool)',
    'options',
    () =>
      postgresHistoryStore(
        new (class Pool {
          query() {}
        })() as never,
      ),
  ],
  ['redisHistoryStore({ client: url })', 'client', () => redisHistoryStore({ client: 'redis://h' } as never)],
  ['redisRunStore({ client: url })', 'client', () => redisRunStore({ client: 'redis://h' } as never)],
  [
    'cachedHistoryStore({ client })',
    'store.beginTurn',
    () => cachedHistoryStore({ client: redis } as never, {} as never),
  ],
  ['sqliteHistoryStore({ database: path })', 'database', () => sqliteHistoryStore({ database: 'chat.db' } as never)],
  ['openaiChatModel({ client: key, model })', 'client', () => openaiChatModel({ client: 'sk-1', model: 'm' } as never)],
  [
    'openaiChatModel({ client: {}, model })',
    'client.chat.completions.create',
    () => openaiChatModel({ client: {}, model: 'm' } as never),
  ],
  [
    'openaiResponsesModel({ client: {}, model })',
    'client.responses.create',
    () => openaiResponsesModel({ client: {}, model: 'm' } as never),
  ],
  [
    'openaiEmbedder({ client: {}, model })',
    'client.embeddings.create',
    () => openaiEmbedder({ client: {}, model: 'm' } as never),
  ],
  ['aiSdkChatModel({ model: name })', 'model', () => aiSdkChatModel({ model: 'anthropic/claude' } as never)],
  [
    'fromLlamaIndexRetriever({ retriever })',
    'retriever.retrieve',
    () => fromLlamaIndexRetriever({ retriever } as never),
  ],
  ['localRetriever({ documents })', 'documents', () => localRetriever({ documents: [] } as never)],
  ['traceHooks({ print })', 'print', () => traceHooks({} as never)],
  ['readSse(response)', 'body', () => readSse({ body: body() } as never)],
  ['readNdjson(undefined)', 'body', () => readNdjson(undefined as never)],
]
