// @ts-check

/** Silence after which the page says that it still waits, in seconds. */
const QUIET_SECONDS = 5
/** How often a screen reader is told so, in seconds. */
const ANNOUNCE_SECONDS = 30

/**
 * Counts how long nothing has come, for a model may think for a minute before its first word.
 *
 * @param {object} options
 * @param {(seconds: number) => void} options.show called once a second while it is quiet
 * @param {(seconds: number) => void} options.announce called when it has become quiet, and now and then
 */
export function createWaiting({ show, announce }) {
  let since = 0
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer
  let announced = -Infinity

  function tick() {
    const seconds = Math.round((performance.now() - since) / 1000)
    if (seconds < QUIET_SECONDS) return
    show(seconds)
    if (seconds < announced + ANNOUNCE_SECONDS) return
    announced = seconds
    announce(seconds)
  }

  function stop() {
    clearInterval(timer)
    timer = undefined
  }

  return {
    stop,

    /** Begins, or begins anew because something has come. */
    restart() {
      since = performance.now()
      announced = -Infinity
      timer ??= setInterval(tick, 1000)
    },
  }
}
