import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { LoadedTurn } from '../core/vocabulary/stored-turn.ts'
import { ChatClientError } from './client-error.ts'
import type { ActiveRun } from '../core/vocabulary/active-run.ts'
import type { StopResult } from '../core/vocabulary/stop-result.ts'
import type { ChatClient, ClientRun, ReadRunOptions } from './chat-client.ts'
import { resolveClientOptions, type ChatClientOptions } from './client-options.ts'
import { newId } from './new-id.ts'
import { readRun } from './read-run.ts'
import type { RunPosition } from './run-position.ts'
import { readJson, sendRequest, type RouteRequest } from './send-request.ts'
import { toEnd } from './to-end.ts'

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
  const send = async (method: string, path: string, body?: object): Promise<void> => {
    await sendRequest(client, path, { method, body })
  }
  const get = <T>(path: string): Promise<T> => sendRequest(client, path).then(readJson<T>)
  const stop: ChatClient['stop'] = (runId) =>
    sendRequest(client, `${runPath(runId)}/stop`, STOP).then(readJson<StopResult>)

  async function turns(threadId: string): Promise<readonly LoadedTurn[]> {
    const thread = await get<{ readonly turns: readonly LoadedTurn[] }>(threadPath(threadId)).catch(unlessUnknown)
    return thread?.turns ?? []
  }

  async function findEnd({ threadId, runId, lastSeq }: RunPosition, error: ChatClientError): Promise<ChatEvent> {
    const stored = threadId === undefined ? [] : await turns(threadId)
    const result = stored.find((turn) => turn.runId === runId)?.result
    if (!result) throw error
    return toEnd(result, lastSeq + 1)
  }

  function open(position: RunPosition, reading: ReadRunOptions | undefined): ClientRun {
    let iterator: AsyncIterator<ChatEvent> | undefined
    return {
      runId: position.runId,
      stop: () => stop(position.runId),
      disconnect: () => void iterator?.return?.(),
      [Symbol.asyncIterator]: () => (iterator = readRun(position, { ...reading, client, findEnd })),
    }
  }

  return {
    ask: ({ runId = newId(), ...question }, reading) =>
      open({ runId, threadId: question.threadId, question, isSent: false, lastSeq: -1 }, reading),
    follow: (run, reading) => open({ ...run, isSent: true, lastSeq: -1 }, reading),
    stop,
    turns,
    runs: () => get<{ readonly runs: readonly ActiveRun[] }>('/runs').then(({ runs }) => runs),
    threads: (page = {}) => get(`/threads?${new URLSearchParams(JSON.parse(JSON.stringify(page)))}`),
    rename: (threadId, title) => send('PATCH', threadPath(threadId), { title }),
    remove: (threadId) => send('DELETE', threadPath(threadId)).catch(unlessUnknown),
    rate: (runId, feedback) => send(feedback ? 'PUT' : 'DELETE', `${runPath(runId)}/feedback`, feedback),
  }
}

const STOP: RouteRequest = { method: 'POST', keepalive: true }

const runPath = (runId: string): string => `/runs/${encodeURIComponent(runId)}`
const threadPath = (threadId: string): string => `/threads/${encodeURIComponent(threadId)}`

function unlessUnknown(thrown: unknown): undefined {
  if ((thrown as ChatClientError).code !== 'not-found') throw thrown
}
