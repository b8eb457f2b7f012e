import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { ChatResult } from '../core/vocabulary/result.ts'
import type { StoredTurn } from '../core/vocabulary/stored-turn.ts'
import { ChatClientError } from './client-error.ts'
import type { ChatClient, ClientRun, ReadRunOptions } from './chat-client.ts'
import { resolveClientOptions, type ChatClientOptions } from './client-options.ts'
import { newId } from './new-id.ts'
import { readRun } from './read-run.ts'
import type { RunPosition } from './run-connection.ts'
import { readJson, sendRequest, type RouteRequest } from './send-request.ts'

/**
 * Creates a client of a chat handler. It runs in browsers, and on servers with a global `fetch`. It has no state: for a
 * page, `createChatStore` keeps the conversation.
 *
 * @throws TypeError or RangeError that names the wrong option
 *
 * @example
 * ```ts
 * import { createChatClient } from 'ragwire/client'
 * const client = createChatClient({ url: 'http://127.0.0.1:3000' })
 * for await (const event of client.ask({ question: 'How do I stop an answer?' })) {
 *   if (event.type === 'token') console.log(event.delta)
 * }
 * ```
 */
export function createChatClient(options: ChatClientOptions): ChatClient {
  const client = resolveClientOptions(options)

  function call<T>(path: string, request?: RouteRequest): Promise<T> {
    return sendRequest(client, path, request).then(readJson<T>)
  }

  const stop: ChatClient['stop'] = (runId) => call(`/runs/${encodeURIComponent(runId)}/stop`, STOP)

  async function turns(threadId: string): Promise<readonly StoredTurn[]> {
    const thread = await call<{ readonly turns: readonly StoredTurn[] }>(pathOf(threadId)).catch(unlessUnknown)
    return thread?.turns ?? []
  }

  async function findEnd({ threadId, runId, lastSeq }: RunPosition): Promise<ChatEvent | undefined> {
    const stored = threadId === undefined ? [] : await turns(threadId)
    const result = stored.find((turn) => turn.runId === runId)?.result
    return result && toEnd(result, lastSeq + 1)
  }

  function open(position: RunPosition, reading: ReadRunOptions = {}): ClientRun {
    let iterator: AsyncIterableIterator<ChatEvent> | undefined
    return {
      runId: position.runId,
      stop: () => stop(position.runId),
      disconnect: () => void iterator?.return?.(),
      [Symbol.asyncIterator]: () => (iterator = readRun(position, { ...reading, client, findEnd })),
    }
  }

  return {
    ask: ({ runId = newId(), ...question }, reading) =>
      open({ runId, threadId: question.threadId, question, lastSeq: -1 }, reading),
    follow: ({ runId, threadId }, reading) => open({ runId, threadId, lastSeq: -1 }, reading),
    stop,
    turns,
    runs: async () => (await call<{ readonly runs: [] }>('/runs')).runs,
    threads: (page = {}) => call(`/threads${queryOf({ ...page })}`),
    rename: async (threadId, title) =>
      void (await sendRequest(client, pathOf(threadId), { method: 'PATCH', body: { title } })),
    remove: async (threadId) =>
      void (await sendRequest(client, pathOf(threadId), { method: 'DELETE' }).catch(unlessUnknown)),
    rate: async (runId, feedback) =>
      void (await sendRequest(client, `/runs/${encodeURIComponent(runId)}/feedback`, {
        method: feedback ? 'PUT' : 'DELETE',
        ...(feedback && { body: feedback }),
      })),
  }
}

const STOP: RouteRequest = { method: 'POST', keepalive: true }

function pathOf(threadId: string): string {
  return `/threads/${encodeURIComponent(threadId)}`
}

function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

function unlessUnknown(thrown: unknown): undefined {
  if (!(thrown instanceof ChatClientError) || thrown.code !== 'not-found') throw thrown
}

/** Makes the last event of a run from its stored result. */
function toEnd(result: ChatResult, seq: number): ChatEvent {
  if (result.finishReason !== 'error') return { type: 'done', seq, ...result }
  const { code = 'internal', message = 'This answer failed' } = result.error ?? {}
  return { type: 'error', seq, code, message, retryable: true, phase: 'generating', partial: result }
}
