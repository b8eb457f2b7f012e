import { text as readText } from 'node:stream/consumers'
import { memoryHistoryStore, type ChatError } from '../../../src/index.ts'
import {
  createChatHandler,
  createRunRegistry,
  type ChatHandler,
  type ChatHandlerOptions,
  type RunRegistryOptions,
} from '../../../src/server.ts'
import { fakeRetriever, scriptedChatModel } from '../../../src/testing.ts'
import {
  openClient,
  openConnection,
  openUpload,
  type ChatClient,
  type PlainRequest,
  type Upload,
} from '../../sinks/support/clients.ts'
import { run, type ChatServer } from '../../sinks/support/servers.ts'
import { ORIGIN, SESSION, type Mount, type Plugin } from './mounts.ts'

/** The settings of an application that a test changes. */
export interface AppOptions {
  /** @defaultValue `/api` */
  readonly prefix?: string
  /** @defaultValue all of them */
  readonly plugins?: readonly Plugin[]
  readonly handler?: Partial<ChatHandlerOptions>
  readonly runs?: RunRegistryOptions
  /** Wraps the handler. */
  readonly wrap?: (handler: ChatHandler) => ChatHandler
}

/** An application that mounts the handler, and a connection to it. */
export interface App extends AsyncDisposable {
  readonly server: ChatServer
  /** The number of active runs. */
  readonly active: number
  /** The errors that the handler has reported. */
  readonly errors: readonly ChatError[]
  /** Sends a request below the prefix, as a logged-in user, on a reused connection. */
  send(request: PlainRequest): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>
  /** Requests JSON. */
  sendJson(request: PlainRequest): Promise<unknown>
  /** Asks a question on a separate connection. */
  ask(options?: {
    /** @defaultValue `/chat` */
    readonly path?: string
    readonly body?: object
    readonly headers?: Readonly<Record<string, string>>
  }): Promise<ChatClient>
  /** Opens a stream on a separate connection. */
  open(path: string, headers?: Readonly<Record<string, string>>): Promise<ChatClient>
  /** Begins to send a question on a separate connection. */
  upload(body: string, headers?: Readonly<Record<string, string>>): Upload
}

const PLUGINS: readonly Plugin[] = ['auth', 'compress', 'cookie', 'cors']

/** The headers that a page of a logged-in user sends with every request. */
const LOGGED_IN = { cookie: `${SESSION}=ann`, origin: ORIGIN }

/** Starts an application. */
export async function openApp(mount: Mount, options: AppOptions = {}): Promise<App> {
  const { prefix = '/api', plugins = PLUGINS, wrap = (handler) => handler } = options
  const errors: ChatError[] = []
  const runs = createRunRegistry(options.runs)
  const handler = createChatHandler({
    scope: ({ headers }) => /session=(\w+)/.exec(headers.get('cookie') ?? '')?.[1] ?? 'nobody',
    retriever: fakeRetriever(['It is so.']),
    model: scriptedChatModel(['Hello', ' world', { type: 'finish', finishReason: 'stop' }]),
    history: memoryHistoryStore(),
    runs,
    onError: (error) => errors.push(error),
    ...options.handler,
  } as ChatHandlerOptions)
  const { server: mounted, close } = await mount.create(wrap(handler), { prefix, plugins })
  const server = await run(mounted, { outcomes: [], ...(close && { close }) })
  const connection = openConnection(mount, server)

  const send: App['send'] = async ({ path = '/chat', headers, ...request }) => {
    const type = request.body === undefined ? {} : { 'content-type': 'application/json' }
    const all = { ...LOGGED_IN, ...type, ...headers }
    const { body, ...head } = await connection.send({ ...request, path: `${prefix}${path}`, headers: all })
    return { ...head, text: await readText(body) }
  }
  return {
    server,
    errors,
    get active() {
      return runs.active
    },
    send,
    async sendJson(request) {
      const { text } = await send({ ...request, headers: { accept: 'application/json', ...request.headers } })
      return JSON.parse(text)
    },
    ask: ({ path = '/chat', body = { question: 'Why?' }, headers } = {}) =>
      openClient(mount, { port: server.port, path: `${prefix}${path}`, body, headers: { ...LOGGED_IN, ...headers } }),
    open: (path, headers) =>
      openClient(mount, { port: server.port, path: `${prefix}${path}`, headers: { ...LOGGED_IN, ...headers } }),
    upload: (body, headers) =>
      openUpload(mount, { port: server.port, path: `${prefix}/chat`, headers: { ...LOGGED_IN, ...headers } }, body),
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
