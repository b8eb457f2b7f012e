import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectOptionalFunction } from '../../core/options/validate.ts'
import { listenOnLoopback } from '../listen-on-loopback.ts'
import { DEFAULT_TIME_LIMIT_MS, withinTimeLimit } from '../within-time-limit.ts'
import type { FaultBehaviour, FaultExchange, FaultHit } from './behaviour.ts'
import { openExchange } from './exchange.ts'
import { faultModels } from './fault-models.ts'
import { faults } from './faults.ts'
import { modelOf } from './request-body.ts'

const CHAT_PATH = '/v1/chat/completions'
const RESPONSES_PATH = '/v1/responses'
const EMBEDDINGS_PATH = '/v1/embeddings'

/** The requests that a behaviour applies to. */
export interface FaultTarget {
  /** The path of the requests. @defaultValue `/v1/chat/completions` and `/v1/responses` */
  readonly path?: string | undefined
}

/** Options of {@link createFaultServer}. */
export interface FaultServerOptions {
  /** Port on 127.0.0.1. @defaultValue 0, a free one */
  readonly port?: number | undefined
  /** Default behaviour for requests to a model. @defaultValue `faults.answer()` */
  readonly behaviour?: FaultBehaviour | undefined
  /**
   * Behaviours that a request chooses by its `model`, in addition to {@link faultModels} and with precedence over
   * them.
   */
  readonly models?: Readonly<Record<string, FaultBehaviour>> | undefined
  /** Time limit of {@link FaultServer.hit} and {@link FaultServer.idle}, in milliseconds. @defaultValue 10,000 */
  readonly timeLimitMs?: number | undefined
}

/** A running fault server. */
export interface FaultServer extends AsyncDisposable {
  /** Port of the server on 127.0.0.1. */
  readonly port: number
  /** The base URL for an OpenAI client, such as `http://127.0.0.1:40123/v1`. */
  readonly baseURL: string
  /** Every request so far, in the order of arrival. */
  readonly hits: readonly FaultHit[]
  /** Resolves with the hit of this index, now or when it arrives; rejects at the time limit. */
  hit(index: number): Promise<FaultHit>
  /** Sets the behaviour for all further requests, for any model. */
  use(behaviour: FaultBehaviour, target?: FaultTarget): void
  /** Adds behaviours that are used before all others, each for one request. */
  enqueue(behaviours: FaultBehaviour | readonly FaultBehaviour[], target?: FaultTarget): void
  /** The number of open responses. */
  activeStreams(): number
  /** Resolves when no response is open; rejects at the time limit. */
  idle(): Promise<void>
  /**
   * Closes the server and every connection; may be called again.
   *
   * @throws the error that a behaviour threw by mistake, so that it is not overlooked
   */
  close(): Promise<void>
}

const OPTIONS: OptionNames<FaultServerOptions> = { port: true, behaviour: true, models: true, timeLimitMs: true }

/**
 * Starts an OpenAI-compatible server on a real socket with programmable faults: `POST /v1/chat/completions`, `POST
 * /v1/responses` and `POST /v1/embeddings`. A behaviour answers in the API that a request calls. The behaviour of a request is the first of these: one from `enqueue`, the one from `use`, the one
 * that its `model` names, the default.
 *
 * @example
 * ```ts
 * import { createFaultServer, faults } from 'ragwire/testing'
 * await using server = await createFaultServer()
 * server.use(faults.stall())
 * // Point a client at server.baseURL, let it give up, then:
 * const hit = await server.hit(0)
 * console.log(await hit.closed) // 'client'
 * ```
 */
export async function createFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  expectOptions(options, OPTIONS, { of: 'createFaultServer' })
  expectOptionalFunction('behaviour', options.behaviour)
  const chosenPort = countOption('port', options.port, { defaultValue: 0, from: 0 })
  const timeLimitMs = durationOption('timeLimitMs', options.timeLimitMs, DEFAULT_TIME_LIMIT_MS)
  const routes = createRoutes(options)
  const log = createHitLog()
  const open = new Set<FaultExchange>()
  const mistakes: unknown[] = []
  const closing = new AbortController()

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const body = parseBody(await readText(request))
    const exchange = openExchange(request, response, {
      index: log.hits.length,
      body,
      serverClosing: closing.signal,
    })
    open.add(exchange)
    void exchange.hit.closed.then(() => open.delete(exchange))
    // The behaviour is chosen before the hit is published, so that a behaviour set by the test applies to the next
    // request.
    const behave = routes.choose(exchange.hit)
    log.add(exchange.hit)
    try {
      await behave(exchange)
      await exchange.end()
    } catch (error) {
      if (exchange.signal.aborted) return
      mistakes.push(error)
      response.destroy()
    }
  }

  const server = createServer((request, response) => {
    // A request whose client left while sending the body is not recorded.
    serve(request, response).catch(() => response.destroy())
  })
  const port = await listenOnLoopback(server, chosenPort)

  let closedOnce: Promise<void> | undefined
  async function closeNow() {
    closing.abort()
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
    if (mistakes.length > 0) throw mistakes[0]
  }
  const close = () => (closedOnce ??= closeNow())

  return {
    port,
    baseURL: `http://127.0.0.1:${port}/v1`,
    hits: log.hits,
    hit: (index) =>
      withinTimeLimit(log.wait(index), timeLimitMs, () => `Request ${index} did not arrive (${log.hits.length} came)`),
    use: routes.use,
    enqueue: routes.enqueue,
    activeStreams: () => open.size,
    idle: () =>
      withinTimeLimit(allClosed(open), timeLimitMs, () => `The server was not idle (${open.size} responses open)`),
    close,
    [Symbol.asyncDispose]: close,
  }
}

// The target of a behaviour without a path.
const ANY_MODEL = 'any model'

/** Chooses the behaviour for a request. */
function createRoutes(options: FaultServerOptions) {
  const models = new Map([...faultModels, ...Object.entries(options.models ?? {})])
  const answer = options.behaviour ?? faults.answer()
  const defaults = new Map([
    [CHAT_PATH, answer],
    [RESPONSES_PATH, answer],
    [EMBEDDINGS_PATH, faults.embeddings()],
  ])
  const queues = new Map<string, FaultBehaviour[]>()
  const set = new Map<string, FaultBehaviour>()
  const unknownPath = faults.status(404, { body: { error: { message: 'Unknown path', code: 'not_found' } } })

  return {
    use(behaviour: FaultBehaviour, { path = ANY_MODEL }: FaultTarget = {}) {
      set.set(path, behaviour)
    },
    enqueue(behaviours: FaultBehaviour | readonly FaultBehaviour[], { path = ANY_MODEL }: FaultTarget = {}) {
      queues.set(path, [...(queues.get(path) ?? []), ...[behaviours].flat()])
    },
    choose(hit: FaultHit): FaultBehaviour {
      const [path = ''] = hit.path.split('?')
      if (hit.method !== 'POST') return unknownPath
      const targets = path === CHAT_PATH || path === RESPONSES_PATH ? [path, ANY_MODEL] : [path]
      const queued = targets.map((target) => queues.get(target)).find((queue) => queue && queue.length > 0)
      const wanted = queued?.shift() ?? targets.map((target) => set.get(target)).find((behaviour) => behaviour)
      const fallback = defaults.get(path)
      return wanted ?? (fallback ? (models.get(modelOf(hit)) ?? fallback) : unknownPath)
    },
  }
}

/** Creates the list of hits, which callers can wait for. */
function createHitLog() {
  const hits: FaultHit[] = []
  const waiting = new Map<number, PromiseWithResolvers<FaultHit>>()
  return {
    hits,
    add(hit: FaultHit) {
      hits.push(hit)
      waiting.get(hit.index)?.resolve(hit)
      waiting.delete(hit.index)
    },
    wait(index: number): Promise<FaultHit> {
      const hit = hits[index]
      if (hit) return Promise.resolve(hit)
      const waiter = waiting.get(index) ?? Promise.withResolvers<FaultHit>()
      waiting.set(index, waiter)
      return waiter.promise
    },
  }
}

async function allClosed(open: ReadonlySet<FaultExchange>): Promise<void> {
  while (open.size > 0) await Promise.all([...open].map((exchange) => exchange.hit.closed))
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A body that is not JSON is recorded unchanged; the test judges it.
    return text
  }
}
