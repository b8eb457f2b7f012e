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

/** Interval of the snapshots where there are no animation frames, in milliseconds. */
const FRAME_MS = 50

interface Frames {
  requestAnimationFrame?(callback: () => void, ms: number): unknown
}

/**
 * Makes the snapshots of a store, at most one a frame. `getSnapshot` is as slow as the notifications: with a value that
 * changes at each token, React would render without end. `open` is called for the first listener, and what it returns
 * after the last one has left.
 */
export function createPublisher<Snapshot>(make: () => Snapshot, open?: () => () => void): Publisher<Snapshot> {
  const listeners = new Set<() => void>()
  let snapshot = make()
  let isWaiting = false
  let close: (() => void) | undefined

  function flush(): void {
    isWaiting = false
    snapshot = make()
    for (const listener of listeners) {
      try {
        listener()
      } catch (error) {
        // The platform reports it. The others are called, and the answer is read on.
        void Promise.reject(error)
      }
    }
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
      if (!isWaiting) atNextFrame(() => isWaiting && flush())
      isWaiting = true
    },
    flush,
  }
}

function atNextFrame(callback: () => void): void {
  // A hidden tab gets no frames; the end of an answer does not wait for one.
  const { requestAnimationFrame = setTimeout } = globalThis as Frames
  // A frame ignores the time.
  requestAnimationFrame(callback, FRAME_MS)
}
