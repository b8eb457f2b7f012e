import { ignoreRejection } from '../../core/async/iterators.ts'
import { callHook } from '../../core/observe/hooks.ts'
import { expectObject } from '../../core/options/validate.ts'
import type { RunChange } from '../../runs/run-store.ts'
import { isIoredis, type IoredisSubscriber, type NodeRedisSubscriber, type RedisSubscriber } from './redis-client.ts'

/** Calls `onChange` for each message on a channel; returns the function that ends that. */
export type WatchChannel = (channel: string, onChange: (change: RunChange) => void) => () => void

/**
 * Makes the function that watches channels over one connection. Everybody who watches a channel shares its
 * subscription, which ends with the last of them; while nobody watches, nothing of ours is left on the connection.
 */
export function createWatchChannel(subscriber: RedisSubscriber): WatchChannel {
  expectObject('subscriber', subscriber)
  const subscribe = isIoredis(subscriber) ? overIoredis(subscriber) : overNodeRedis(subscriber)
  const channels = new Map<string, Channel>()

  function open(name: string): Channel {
    const watchers = new Set<Watcher>()
    const unsubscribe = subscribe(name, (message) => {
      const change = message === 'stop' ? 'stop' : 'events'
      // A copy, because whoever is told may watch again, or end the watch of somebody else.
      const told = [...watchers]
      for (const watcher of told) if (watchers.has(watcher)) callHook(watcher.onChange, change)
    })
    const channel = { watchers, unsubscribe }
    channels.set(name, channel)
    return channel
  }

  return (name, onChange) => {
    const { watchers, unsubscribe } = channels.get(name) ?? open(name)
    // An object of its own, because the same function may watch twice.
    const watcher = { onChange }
    watchers.add(watcher)
    return () => {
      if (!watchers.delete(watcher) || watchers.size > 0) return
      channels.delete(name)
      unsubscribe()
    }
  }
}

interface Watcher {
  readonly onChange: (change: RunChange) => void
}

interface Channel {
  readonly watchers: Set<Watcher>
  readonly unsubscribe: () => void
}

/** Calls `tell` with each message of a channel; returns the function that ends that. */
type Subscribe = (channel: string, tell: (message: string) => void) => () => void

function overNodeRedis(subscriber: NodeRedisSubscriber): Subscribe {
  return (channel, tell) => {
    inBackground(async () => {
      await subscriber.subscribe(channel, tell)
      tell(MISSED)
    })
    return () => inBackground(() => subscriber.unsubscribe(channel, tell))
  }
}

function overIoredis(subscriber: IoredisSubscriber): Subscribe {
  const tellOf = new Map<string, (message: string) => void>()
  const onMessage = (channel: string, message: string): void => tellOf.get(channel)?.(message)
  return (channel, tell) => {
    if (tellOf.size === 0) subscriber.on('message', onMessage)
    tellOf.set(channel, tell)
    inBackground(async () => {
      await subscriber.subscribe(channel)
      tell(MISSED)
    })
    return () => {
      tellOf.delete(channel)
      if (tellOf.size === 0) subscriber.off('message', onMessage)
      inBackground(() => subscriber.unsubscribe(channel))
    }
  }
}

// Said when messages begin to arrive, for those that came before. Not "stop", because nobody may have said so.
const MISSED = 'events'

// What fails here costs no more than a late look: whoever watches looks by itself, too.
function inBackground(work: () => Promise<unknown>): void {
  const attempt = async (): Promise<unknown> => work()
  ignoreRejection(attempt())
}
