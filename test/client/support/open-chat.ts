import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Clock } from '../../../src/core/async/clock.ts'
import { memoryHistoryStore, type ChatError, type Condenser } from '../../../src/index.ts'
import { toNodeHandler } from '../../../src/node.ts'
import {
  createChatHandler,
  createRunRegistry,
  type HandlerOptions,
  type RunRegistryOptions,
} from '../../../src/server.ts'
import {
  fakeRetriever,
  scriptedChatModel,
  type FakeRetriever,
  type ScriptedChatModel,
  type ScriptStep,
} from '../../../src/testing.ts'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'

/** An answer with text in two scripts, a pair of surrogates, two sources, citations and their checks. */
export const DELTAS = [
  'Cats sleep ',
  '16 hours a day [1]',
  '. ',
  'Dogs sleep 12 hours a day [2].',
  ' 猫は眠る ',
  '😺',
  ' Both sleep [1][2].',
  ' The end.',
] as const

/** The chunks that are found. */
export const CHUNKS = ['Cats sleep 16 hours a day.', 'Dogs sleep 12 hours a day.'] as const

export const FINISH = { type: 'finish', finishReason: 'stop' } as const

/** The steps of a model that says {@link DELTAS}. */
export const ANSWER: readonly ScriptStep[] = [...DELTAS, FINISH]

/** The options of {@link openChat}. */
export interface OpenChatOptions extends Partial<HandlerOptions> {
  readonly model?: ScriptedChatModel
  readonly retriever?: FakeRetriever
  readonly condenser?: Condenser | false
  readonly clock?: Clock
  readonly registry?: RunRegistryOptions
  /** The port, for a server that takes the place of another one. */
  readonly port?: number
}

/** A server with a chat handler. */
export interface OpenedChat extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly model: ScriptedChatModel
  /** The failures that the handler has reported. */
  readonly errors: readonly ChatError[]
  /** Breaks every connection. */
  breakConnections(): void
  /** Ends the server; may be called again. */
  close(): Promise<void>
}

/** Starts a server on 127.0.0.1. Its runs go on for a minute when a reader leaves. */
export async function openChat({ registry, port: wanted, ...options }: OpenChatOptions = {}): Promise<OpenedChat> {
  const model = options.model ?? scriptedChatModel(ANSWER)
  const errors: ChatError[] = []
  const onError = (error: ChatError): void => void errors.push(error)
  const handler = createChatHandler({
    retriever: fakeRetriever(CHUNKS),
    condenser: false,
    history: memoryHistoryStore(),
    scope: () => 'ann',
    onError,
    runs: createRunRegistry({ onDisconnect: { continueForMs: 60_000 }, onError, ...registry }),
    ...options,
    model,
  })
  const server = createServer(toNodeHandler(handler))
  const port = await listenOnLoopback(server, wanted)
  const breakConnections = (): void => server.closeAllConnections()

  async function close(): Promise<void> {
    if (!server.listening) return
    const closed = once(server.close(), 'close')
    breakConnections()
    await closed
  }

  return { port, url: `http://127.0.0.1:${port}`, model, errors, breakConnections, close, [Symbol.asyncDispose]: close }
}
