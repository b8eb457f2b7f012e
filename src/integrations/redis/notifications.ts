import { ignoreRejection } from '../../core/async/iterators.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import { expectObject } from '../../core/options/validate.ts'
import type { RunChange } from '../../runs/run-store.ts'
import { isIoredis, type IoredisSubscriber, type NodeRedisSubscriber, type RedisSubscriber } from './client.ts'

/** Calls `onChange` for each message on a channel; returns the function that ends the watch. */
export type WatchChannel = (channel: string, onChange: (change: RunChange) => void) => () => void

/**
 * Creates the function that watches channels over one connection. The watchers of a channel share one subscription. It
 * ends with the last watcher, so that the connection keeps no subscription of this store.
 */
export function createWatchChannel(subscriber: RedisSubscriber): WatchChannel {
  expectObject('subscriber', subscriber)
  const subscribe = isIoredis(subscriber) ? overIoredis(subscriber) : overNodeRedis(subscriber)
  const channels = new Map<string, Channel>()

  function subscribeTo(name: string): Channel {
    const watchers = new Set<Watcher>()
    const unsubscribe = subscribe(name, (message) => {
      const change = message === 'stop' ? 'stop' : 'events'
      // A copy, because a watcher may add or remove watchers when it is called.
      for (const watcher of Array.from(watchers)) if (watchers.has(watcher)) callHook(watcher.onChange, change)
    })
    const channel = { watchers, unsubscribe }
    channels.set(name, channel)
    return channel
  }

  return (name, onChange) => {
    const { watchers, unsubscribe } = channels.get(name) ?? subscribeTo(name)
    // A new object, because the same function may watch twice.
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

/** Calls `onMessage` with each message of a channel; returns the function that unsubscribes. */
type Subscribe = (channel: string, onMessage: (message: string) => void) => () => void

function overNodeRedis(subscriber: NodeRedisSubscriber): Subscribe {
  return (channel, onMessage) => {
    inBackground(async () => {
      await subscriber.subscribe(channel, onMessage)
      onMessage(MISSED)
    })
    return () => inBackground(() => subscriber.unsubscribe(channel, onMessage))
  }
}

function overIoredis(subscriber: IoredisSubscriber): Subscribe {
  const listeners = new Map<string, (message: string) => void>()
  const dispatch = (channel: string, message: string): void => listeners.get(channel)?.(message)
  return (channel, onMessage) => {
    if (listeners.size === 0) subscriber.on('message', dispatch)
    listeners.set(channel, onMessage)
    inBackground(async () => {
      await subscriber.subscribe(channel)
      onMessage(MISSED)
    })
    return () => {
      listeners.delete(channel)
      if (listeners.size === 0) subscriber.off('message', dispatch)
      inBackground(() => subscriber.unsubscribe(channel))
    }
  }
}

// Reported once the subscription is active, for messages sent before that. Not "stop", because none may have been
// requested.
const MISSED = 'events'

// Watchers poll as well, so a failure here only delays them.
function inBackground(work: () => Promise<unknown>): void {
  const attempt = async (): Promise<unknown> => work()
  ignoreRejection(attempt())
}
