/** Waits, if the work has had its time, until other work of the event loop has run. */
export type ShareEventLoop = () => Promise<void> | undefined

/**
 * Returns a function to call between the steps of long work: `const wait = share(); if (wait) await wait`. It lets
 * timers and requests run every 10 ms. Works that run at once share this time. Short work never waits.
 */
export function createEventLoopSharing(): ShareEventLoop {
  const startedAt = performance.now()
  return () => (performance.now() - Math.max(startedAt, lastTurnAt) < SLICE_MS ? undefined : nextTurn())
}

const SLICE_MS = 10

let lastTurnAt = -Infinity
let pending: Promise<void> | undefined

function nextTurn(): Promise<void> {
  pending ??= new Promise((resolve) => {
    defer(() => {
      lastTurnAt = performance.now()
      pending = undefined
      resolve()
    })
  })
  return pending
}

// Taken once, because a test may replace the timers and stop the time. Browsers have no `setImmediate`.
const { setImmediate, setTimeout } = globalThis
const defer: (callback: () => void) => void = setImmediate
  ? (callback) => setImmediate(callback)
  : (callback) => setTimeout(callback, 0)
