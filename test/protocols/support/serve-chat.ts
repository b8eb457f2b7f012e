import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { ChatError, memoryHistoryStore, type HistoryStore } from '../../../src/index.ts'
import { answerNodeRequest } from '../../../src/node.ts'
import {
  createChatHandler,
  createRunRegistry,
  type Dialect,
  type HandlerOptions,
  type RunRegistryOptions,
} from '../../../src/server.ts'
import { fakeRetriever, type ScriptedCall } from '../../../src/testing.ts'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'
import { CHUNKS, playedModel } from './played-model.ts'

/** The options of {@link serveChat}. */
export interface ServeChatOptions extends Partial<HandlerOptions> {
  readonly dialects: readonly Dialect[]
  /** `false` for a chat without a history. @defaultValue a store in memory */
  readonly store?: HistoryStore | false
  /** @defaultValue a run continues when its last reader leaves */
  readonly registry?: RunRegistryOptions
  /** The content of other paths by their name, such as `/` and `/page.js`. */
  readonly files?: Readonly<Record<string, string>>
}

/** A server with a chat handler. */
export interface ServedChat extends AsyncDisposable {
  readonly port: number
  /** Without a slash at its end. */
  readonly url: string
  /** The requests so far, such as `POST /ai-sdk`. */
  readonly requests: readonly string[]
  /** The failures that the handler has reported. */
  readonly errors: readonly ChatError[]
  /** The number of calls of the model: 0 if nothing was paid. */
  readonly modelCalls: number
  /** The latest call of the model. Throws if there was none. */
  lastCall(): ScriptedCall
  /** Resolves when a model waits after its first piece of text: a question of `ask('wait')`. */
  waiting(): Promise<void>
  /** Lets the models that wait continue to the end of the answer, now and from now on. */
  release(): void
  /** Resolves when the latest call of the model was aborted, so that its cost has ended. */
  aborted(): Promise<void>
  /** Breaks every connection. */
  breakConnections(): void
}

/** Serves a chat in some dialects, over a model that plays the part that the question names: see `ask`. */
export async function serveChat(options: ServeChatOptions): Promise<ServedChat> {
  const { store, registry, files = {}, ...rest } = options
  const { model, gate } = playedModel()
  const errors: ChatError[] = []
  const requests: string[] = []
  const onError = (error: ChatError): void => void errors.push(error)
  const history = store === false ? undefined : (store ?? memoryHistoryStore())
  const handler = createChatHandler({
    retriever: fakeRetriever((query) => (query.startsWith('Nothing:') ? [] : CHUNKS)),
    model,
    condenser: false,
    // A model that waits at a gate is ended by a stop alone.
    idleMs: Infinity,
    retries: 0,
    history,
    scope: () => 'ann',
    onError,
    runs: createRunRegistry({ onDisconnect: 'continue', onError, ...registry }),
    ...rest,
  })

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = files[pathname]
    if (file !== undefined) return sendFile(response, pathname, file)
    requests.push(`${request.method} ${pathname}`)
    void answerNodeRequest(handler, request, response)
  }

  const server = createServer(answer)
  const port = await listenOnLoopback(server)
  const lastCall = (): ScriptedCall => {
    const call = model.calls.at(-1)
    if (!call) throw new Error('Cannot find a call: the model was not asked')
    return call
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    errors,
    get modelCalls() {
      return model.calls.length
    },
    lastCall,
    waiting: () => gate.reached(),
    release: () => gate.open(),
    async aborted() {
      const end = await lastCall().ended
      if (end !== 'aborted') throw new Error(`Cannot find an abort: the call of the model is ${end}`)
    },
    breakConnections: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      // A run that still waits ends with the test.
      gate.open()
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    },
  }
}

function sendFile(response: ServerResponse, path: string, content: string): void {
  const type = { '.js': 'text/javascript', '.css': 'text/css' }[extname(path)] ?? 'text/html'
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(content)
}
