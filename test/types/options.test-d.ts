import { expectTypeOf, test } from 'vitest'
import type {
  ChatErrorOptions,
  ChatModelEvent,
  ChatOptions,
  Chunk,
  CitationChunkOptions,
  CondensedQuestion,
  EngineChatOptions,
  EngineSource,
  MemoryHistoryStoreOptions,
  ModelCondenserOptions,
  PromptParts,
  RetrieveAndAnswerOptions,
  RetrievedChunk,
  Retriever,
  TurnOptions,
} from '../../src/index.ts'
import type { ExpressChatOptions } from '../../src/express.ts'
import type { FastifyChatOptions } from '../../src/fastify.ts'
import type { HonoChatOptions } from '../../src/hono.ts'
import type { FromLlamaIndexRetrieverOptions } from '../../src/llamaindex.ts'
import type { ExtractiveChatModelOptions, LocalDocument, LocalRetrieverOptions } from '../../src/local.ts'
import type { NodeHandlerOptions } from '../../src/node.ts'
import type { OpenAIChatModelOptions, OpenAIEmbedderOptions } from '../../src/openai.ts'
import type {
  MigratePostgresOptions,
  PostgresHistoryStoreOptions,
  PostgresRunStoreOptions,
  PostgresTableOptions,
} from '../../src/postgres.ts'
import type { CachedHistoryStoreOptions, RedisHistoryStoreOptions, RedisRunStoreOptions } from '../../src/redis.ts'
import type {
  ChatHandlerOptions,
  DrainOptions,
  MemoryRunStoreOptions,
  ParseChatRequestOptions,
  RunRegistryOptions,
  StartRun,
} from '../../src/server.ts'
import type { SqliteHistoryStoreOptions } from '../../src/sqlite.ts'
import type { FrameOptions, ReadOptions, SseFrame } from '../../src/sse.ts'
import type {
  AnswerOptions,
  BrokenStreamOptions,
  ChatModelContractOptions,
  FakeRetrieverOptions,
  FaultProxyOptions,
  FaultServerOptions,
  FramedOptions,
  HistoryStoreContractOptions,
  RawClientOptions,
  RetrieverContractOptions,
  RunStoreContractOptions,
  ScriptedChatModelOptions,
} from '../../src/testing.ts'
import type { ResponseOptions, SinkOptions } from '../../src/web.ts'

/** The names of optional properties that do not accept `undefined`. */
type Exact<T> = T extends unknown
  ? {
      [Key in keyof T]-?: Record<Key, undefined> extends Pick<T, Key>
        ? never
        : Partial<Pick<T, Key>> extends Pick<T, Key>
          ? Key
          : never
    }[keyof T]
  : never

test('D6: every optional option accepts undefined, also with exactOptionalPropertyTypes', () => {
  expectTypeOf<
    Exact<{ readonly a?: number; readonly b?: number | undefined; readonly c: number }>
  >().toEqualTypeOf<'a'>()
  expectTypeOf<Exact<RetrieveAndAnswerOptions | EngineChatOptions | CitationChunkOptions | PromptParts>>().toBeNever()
  expectTypeOf<Exact<ChatOptions | TurnOptions>>().toBeNever()
  expectTypeOf<Exact<ModelCondenserOptions | MemoryHistoryStoreOptions | ChatErrorOptions>>().toBeNever()
  expectTypeOf<
    Exact<Chunk | RetrievedChunk | EngineSource | CondensedQuestion | ChatModelEvent | Retriever>
  >().toBeNever()
  expectTypeOf<Exact<ExpressChatOptions | FastifyChatOptions | HonoChatOptions | NodeHandlerOptions>>().toBeNever()
  expectTypeOf<Exact<ExtractiveChatModelOptions | LocalDocument | LocalRetrieverOptions>>().toBeNever()
  expectTypeOf<Exact<OpenAIChatModelOptions | OpenAIEmbedderOptions | FromLlamaIndexRetrieverOptions>>().toBeNever()
  expectTypeOf<Exact<MigratePostgresOptions | PostgresHistoryStoreOptions | PostgresRunStoreOptions>>().toBeNever()
  expectTypeOf<Exact<PostgresTableOptions | SqliteHistoryStoreOptions>>().toBeNever()
  expectTypeOf<Exact<CachedHistoryStoreOptions | RedisHistoryStoreOptions | RedisRunStoreOptions>>().toBeNever()
  expectTypeOf<Exact<ChatHandlerOptions | RunRegistryOptions | MemoryRunStoreOptions | DrainOptions>>().toBeNever()
  expectTypeOf<Exact<ParseChatRequestOptions | StartRun>>().toBeNever()
  expectTypeOf<Exact<FrameOptions | ReadOptions | SseFrame | ResponseOptions | SinkOptions>>().toBeNever()
  expectTypeOf<Exact<AnswerOptions | BrokenStreamOptions | FramedOptions | FaultServerOptions>>().toBeNever()
  expectTypeOf<Exact<FaultProxyOptions | RawClientOptions | FakeRetrieverOptions>>().toBeNever()
  expectTypeOf<Exact<ScriptedChatModelOptions | ChatModelContractOptions | HistoryStoreContractOptions>>().toBeNever()
  expectTypeOf<Exact<RetrieverContractOptions | RunStoreContractOptions>>().toBeNever()
})
