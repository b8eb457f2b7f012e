import { isRecord } from '../../core/options/plain-object.ts'

/** A client and its request. A client of another scope or session may use the same id for another request. */
export interface RequestKey {
  /** The tenant or user. */
  readonly scope: string
  /** The session that the server gave the client. */
  readonly session: string
  /** The id of the JSON-RPC request. */
  readonly id: string | number
}

/** The requests that are being answered, so that another request can cancel them. */
export interface RunningCalls {
  /** Adds a request. Returns the function that removes it. `cancel` is called at most once. */
  add(key: RequestKey, cancel: () => void): () => void
  /** Cancels a request. An unknown one is ignored. */
  cancel(key: RequestKey): void
}

/** Creates an empty list of requests. */
export function createRunningCalls(): RunningCalls {
  const calls = new Map<string, Set<() => void>>()
  const toText = ({ scope, session, id }: RequestKey): string => JSON.stringify([scope, session, id])
  return {
    add(key, cancel) {
      const text = toText(key)
      // A client must not use an id twice. If it does, each of its requests can be canceled.
      const same = calls.get(text) ?? new Set()
      calls.set(text, same.add(cancel))
      return () => {
        same.delete(cancel)
        if (same.size === 0 && calls.get(text) === same) calls.delete(text)
      }
    },
    cancel(key) {
      const text = toText(key)
      const same = calls.get(text) ?? []
      calls.delete(text)
      for (const cancel of same) cancel()
    },
  }
}

/** Returns the ids of the requests that a body cancels. */
export function canceledIds(body: unknown): readonly (string | number)[] {
  return messagesOf(body).flatMap(({ method, params }) => {
    if (method !== 'notifications/cancelled' || !isRecord(params)) return []
    const { requestId } = params
    return typeof requestId === 'string' || typeof requestId === 'number' ? [requestId] : []
  })
}

/** True if a body begins a session. */
export function isInitialize(body: unknown): boolean {
  return messagesOf(body).some(({ method }) => method === 'initialize')
}

function messagesOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (Array.isArray(body) ? body : [body]).filter(isRecord)
}
