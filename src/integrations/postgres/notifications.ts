import { keyOf } from '../../runs/key-of.ts'
import { RUN_CHANGES, type RunChange, type RunKey } from '../../runs/run-store.ts'
import { createWatchers } from '../../runs/watchers.ts'

/** Stops the listening that {@link PostgresListen} started. */
export type PostgresUnlisten = () => unknown

/**
 * Calls `onMessage` with the payload of each notification on the channel. `listen` of postgres.js fits unchanged, and so
 * does `(channel, onMessage) => db.listen(channel, onMessage)` for PGlite; for `pg`, use {@link listenWithPg}.
 */
export type PostgresListen = (
  channel: string,
  onMessage: (message: string) => void,
) => PromiseLike<PostgresUnlisten | { readonly unlisten: PostgresUnlisten }>

/** The used part of a `Client` of `pg`. */
export interface PgNotificationClient {
  /** Runs one statement. */
  query(text: string): PromiseLike<unknown>
  /** Adds a listener for notifications. */
  on(event: 'notification', listener: (message: PgNotification) => void): unknown
  /** Removes a listener. */
  removeListener(event: 'notification', listener: (message: PgNotification) => void): unknown
}

/** The used part of a notification of `pg`. */
export interface PgNotification {
  /** Name of the channel. */
  readonly channel: string
  /** Text of the notification. */
  readonly payload?: string | undefined
}

/**
 * Listens on a connected `Client` of `pg`. Use a dedicated client: a pool would hand its client to other callers. After
 * its connection breaks, no notification arrives; readers of runs fall back to polling.
 */
export function listenWithPg(client: PgNotificationClient): PostgresListen {
  return async (channel, onMessage) => {
    const listener = (message: PgNotification): void => {
      if (message.channel === channel) onMessage(message.payload ?? '')
    }
    client.on('notification', listener)
    try {
      await client.query(`listen "${channel}"`)
    } catch (thrown) {
      client.removeListener('notification', listener)
      throw thrown
    }
    return () => {
      client.removeListener('notification', listener)
      return client.query(`unlisten "${channel}"`)
    }
  }
}

/** The watchers of one run store. */
export interface Notifications {
  /** Calls `onChange` for each change of a run; returns the function that ends the watch. */
  watch(run: RunKey, onChange: (change: RunChange) => void): () => void
  /** Stops listening for good. */
  close(): Promise<void>
}

/** Creates watchers that are notified through the channel. Listening starts with the first watch and ends with `close`. */
export function createNotifications(channel: string, listen: PostgresListen | undefined): Notifications {
  const watchers = createWatchers()
  let listening: Promise<PostgresUnlisten> | undefined
  let closed = false

  function onMessage(message: string): void {
    const change = RUN_CHANGES.find((word) => message.startsWith(`${word} `))
    if (change) watchers.notify(message.slice(change.length + 1), change)
  }

  async function start(listen: PostgresListen): Promise<PostgresUnlisten> {
    const listener = await listen(channel, onMessage)
    return typeof listener === 'function' ? listener : listener.unlisten
  }

  function listenOnce(listen: PostgresListen): void {
    if (closed || listening) return
    listening = start(listen)
    // Watchers poll as well, so a failure only delays them. The next watch tries again.
    listening.catch(() => (listening = undefined))
  }

  return {
    watch(run, onChange) {
      if (listen) listenOnce(listen)
      return watchers.watch(keyOf(run), onChange)
    },
    async close() {
      closed = true
      const ended = listening
      listening = undefined
      const unlisten = await ended?.catch(() => undefined)
      await unlisten?.()
    },
  }
}

/** Returns the payload that reports a change. Even the longest ids fit into the 8,000 bytes of a notification. */
export function notificationOf(run: RunKey, change: RunChange): string {
  return `${change} ${keyOf(run)}`
}
