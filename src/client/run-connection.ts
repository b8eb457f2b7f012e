import { untilAborted } from '../core/async/abortable.ts'
import { createDeadline } from '../core/async/deadline.ts'
import { linkSignal } from '../core/async/link-signal.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import { ChatClientError } from './client-error.ts'
import type { ChatQuestion } from './chat-client.ts'
import type { FetchBody, FetchResponse, ResolvedClientOptions } from './client-options.ts'
import { createLineReader } from './read-lines.ts'
import { badResponse, sendRequest } from './send-request.ts'

/** The position of a reader in a run. It outlives the connection, so that reading can go on from there. */
export interface RunPosition {
  /** Id of the run. */
  readonly runId: string
  /** Id of the conversation, once it is known. */
  threadId?: string | undefined
  /** The question, until the server has answered it. */
  question?: ChatQuestion | undefined
  /** True if the question was sent, so that it may have arrived. */
  isSent?: boolean
  /** `seq` of the last event; -1 before the first. */
  lastSeq: number
  /** The last `id:` of the stream: the server has stored the events up to it, and can go on after it. */
  lastId?: string | undefined
  /** Time that the server asks to wait before the next connection, in milliseconds. */
  retryMs?: number
}

/** One connection that reads a run. */
export interface RunConnection {
  /** True if it sends the question; otherwise it reads a run that was asked for before. */
  readonly isAsking: boolean
  /** Resolves with the events of the next bytes. It connects first. */
  read(): Promise<readonly ChatEvent[]>
  /** Closes it, at any time. */
  close(): void
}

/**
 * Opens a connection that reads a run after its position, or sends the question if that was not sent yet. It breaks when
 * `signal` fires, and after a silence of `idleMs`.
 */
export function openRunConnection(
  position: RunPosition,
  { client, signal: leaving }: { readonly client: ResolvedClientOptions; readonly signal: AbortSignal },
): RunConnection {
  const controller = new AbortController()
  const { signal } = controller
  const unlink = linkSignal(leaving, (reason) => controller.abort(reason))
  const silence = createDeadline(() => controller.abort(new Error('The connection is silent')), client.clock)
  const question = position.isSent ? undefined : position.question
  let reader: ReturnType<FetchBody['getReader']> | undefined
  let events: ChatEvent[] = []
  const takeBytes = createLineReader({
    onData(data, id) {
      const event = Object(data) as ChatEvent
      // Another object is not of this protocol; an event of an unknown type is passed on.
      if (typeof event.seq !== 'number') return
      events.push(event)
      if (id !== undefined) position.lastId = id
    },
    onRetry: (ms) => (position.retryMs = ms),
  })

  async function connect(): Promise<FetchResponse> {
    // No limit of silence for a question: a server may let it wait for the end of another answer.
    if (!question) silence.set(client.idleMs)
    const response = await untilAborted(request(position, question, { client, signal }), signal)
    position.question = undefined
    if (response.status === 204) throw expired()
    // A proxy or a login page may answer any request with HTML.
    if (!response.body || !EVENTS.test(response.headers.get('content-type') ?? '')) throw badResponse(response)
    reader = response.body.getReader()
    return response
  }

  let connecting: Promise<FetchResponse> | undefined
  return {
    isAsking: question !== undefined,
    async read() {
      connecting ??= connect()
      const response = await connecting
      silence.set(client.idleMs)
      const { value } = (await (reader && untilAborted(reader.read(), signal))) ?? {}
      if (!value) throw new Error('The stream ended before its last event')
      try {
        takeBytes(value)
      } catch (cause) {
        throw badResponse(response, cause)
      }
      const taken = events
      events = []
      return taken
    },
    close() {
      unlink()
      silence.dispose()
      controller.abort()
      reader?.cancel().catch(() => {})
    },
  }
}

const EVENTS = /^(?:text\/event-stream|application\/x-ndjson)/iu

function request(
  position: RunPosition,
  question: ChatQuestion | undefined,
  { client, signal }: { readonly client: ResolvedClientOptions; readonly signal: AbortSignal },
): Promise<FetchResponse> {
  const { runId, lastId } = position
  const accept = 'text/event-stream'
  if (!question) {
    const headers = { accept, ...(lastId !== undefined && { 'last-event-id': lastId }) }
    return sendRequest(client, `/runs/${encodeURIComponent(runId)}/events`, { headers, signal })
  }
  position.isSent = true
  return sendRequest(client, '/chat', { body: { ...question, runId }, headers: { accept }, signal })
}

function expired(): ChatClientError {
  return new ChatClientError({
    code: 'run-expired',
    message: 'This answer can no longer be replayed',
    retryable: false,
  })
}
