import { untilAborted } from '../../core/async/abortable.ts'
import type { StoreCall } from '../../knowledge/store/knowledge-store.ts'
import type { PostgresClient, PostgresValue } from './client.ts'
import { createCommandRunner } from './connection.ts'
import { explainKnowledgeError } from './knowledge-errors.ts'

/** Runs the statements of an index. */
export interface KnowledgeConnection {
  /** Runs a statement that reads, and returns the JSON that it builds. */
  read<T>(text: string, values: readonly PostgresValue[], call: StoreCall): Promise<T>
  /**
   * Runs a statement that changes the index. An abort ends the wait and not the statement, so that the change may still be
   * applied: {@link settled} waits for that.
   */
  write<T>(text: string, values: readonly PostgresValue[], call: StoreCall): Promise<T>
  /** Waits for the end of changes whose callers have aborted, so that a later one cannot come before them. */
  settled(call: StoreCall): Promise<void>
}

/** Creates the connection over a client. */
export function createKnowledgeConnection(client: PostgresClient): KnowledgeConnection {
  const runCommand = createCommandRunner(client)
  const changes = new Set<Promise<unknown>>()
  const { signal: never } = new AbortController()

  async function explained(answer: Promise<unknown>, { signal }: StoreCall): Promise<unknown> {
    try {
      return await untilAborted(answer, signal)
    } catch (thrown) {
      signal.throwIfAborted()
      throw explainKnowledgeError(thrown)
    }
  }

  return {
    // The JSON that the statement builds.
    read: <T>(text: string, values: readonly PostgresValue[], call: StoreCall) =>
      explained(runCommand(text, values, call.signal), call) as Promise<T>,
    write: <T>(text: string, values: readonly PostgresValue[], call: StoreCall) => {
      const change = runCommand(text, values, never).finally(() => changes.delete(change))
      changes.add(change)
      // The JSON that the statement builds.
      return explained(change, call) as Promise<T>
    },
    async settled({ signal }) {
      signal.throwIfAborted()
      await untilAborted(Promise.allSettled(changes), signal)
    },
  }
}
