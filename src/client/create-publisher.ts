import { isHidden } from './listen.ts'

/** Publishes the snapshots of a store. */
export interface Publisher<Snapshot> {
  /** Returns the snapshot that was published last. */
  getSnapshot(): Snapshot
  /** Adds a listener; returns the function that removes it. */
  subscribe(listener: () => void): () => void
  /** Publishes at the next frame. Many changes before it become one. */
  change(): void
  /** Publishes now. */
  flush(): void
}

/** Interval of the snapshots where there are no animation frames: on a server, and in a hidden tab. */
const FRAME_MS = 50

interface Frames {
  requestAnimationFrame?(callback: () => void): number
  cancelAnimationFrame?(frame: number): void
}

/**
 * Makes the snapshots of a store, at most one a frame. `getSnapshot` is as slow as the notifications: with a value that
 * changes at each token, React would render without end. `open` is called for the first listener, and what it returns
 * after the last one has left.
 */
export function createPublisher<Snapshot>(make: () => Snapshot, open?: () => () => void): Publisher<Snapshot> {
  const listeners = new Set<() => void>()
  let snapshot = make()
  let cancel: (() => void) | undefined
  let close: (() => void) | undefined

  function flush(): void {
    cancel?.()
    cancel = undefined
    snapshot = make()
    for (const listener of listeners) listener()
  }

  return {
    getSnapshot: () => snapshot,
    subscribe(listener) {
      // Wrapped, so that each subscription has its own end.
      const own = () => listener()
      if (listeners.size === 0) close = open?.()
      listeners.add(own)
      return () => {
        if (listeners.delete(own) && listeners.size === 0) close?.()
      }
    },
    change() {
      cancel ??= atNextFrame(flush)
    },
    flush,
  }
}

function atNextFrame(callback: () => void): () => void {
  const { requestAnimationFrame, cancelAnimationFrame } = globalThis as Frames
  if (requestAnimationFrame && !isHidden()) {
    const frame = requestAnimationFrame(callback)
    return () => cancelAnimationFrame?.(frame)
  }
  const timer = setTimeout(callback, FRAME_MS)
  return () => clearTimeout(timer)
}
