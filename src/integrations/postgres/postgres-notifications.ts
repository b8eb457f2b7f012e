import { keyOf } from '../../runs/run-key.ts'
import type { RunChange, RunKey } from '../../runs/run-store.ts'
import { createWatchers } from '../../runs/watchers.ts'

/** Ends what {@link PostgresListen} began. */
export type PostgresUnlisten = () => unknown

/**
 * Calls `onMessage` with the text of each notification on the channel. The `listen` of postgres.js is one as it is, and
 * so is `(channel, onMessage) => db.listen(channel, onMessage)` of PGlite; {@link listenWithPg} makes one of `pg`.
 */
export type PostgresListen = (
  channel: string,
  onMessage: (message: string) => void,
) => PromiseLike<PostgresUnlisten | { readonly unlisten: PostgresUnlisten }>

/** What of a `Client` of `pg` is used. */
export interface PgNotificationClient {
  query(text: string): PromiseLike<unknown>
  on(event: 'notification', listener: (message: PgNotification) => void): unknown
  removeListener(event: 'notification', listener: (message: PgNotification) => void): unknown
}

/** What of a notification of `pg` is read. */
export interface PgNotification {
  readonly channel: string
  readonly payload?: string | undefined
}

/**
 * Listens on a connected `Client` of `pg`: one of its own, not of a pool, which would give it to somebody else. When
 * its connection breaks, nothing is heard any more; runs are still followed, by looking from time to time.
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

/** The watches of one store. */
export interface Notifications {
  watch(run: RunKey, onChange: (change: RunChange) => void): () => void
  close(): Promise<void>
}

/** Tells watchers of what the channel says. It is listened to from the first watch on, until it is closed. */
export function createNotifications(channel: string, listen: PostgresListen | undefined): Notifications {
  const watchers = createWatchers()
  let listening: Promise<PostgresUnlisten> | undefined
  let closed = false

  function onMessage(message: string): void {
    const change = CHANGES.find((word) => message.startsWith(`${word} `))
    if (change) watchers.tell(message.slice(change.length + 1), change)
  }

  async function start(listen: PostgresListen): Promise<PostgresUnlisten> {
    const listener = await listen(channel, onMessage)
    return typeof listener === 'function' ? listener : listener.unlisten
  }

  function listenOnce(listen: PostgresListen): void {
    if (closed || listening) return
    listening = start(listen)
    // Whoever watches looks by itself, too, and the next watch tries again.
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

/** What a change is told by. Even the longest ids fit into the 8,000 bytes of a notification. */
export function notificationOf(run: RunKey, change: RunChange): string {
  return `${change} ${keyOf(run)}`
}

const CHANGES: readonly RunChange[] = ['events', 'stop']
