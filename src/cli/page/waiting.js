// @ts-check

/** Silence after which the page shows that it waits, in seconds. */
const QUIET_SECONDS = 5
/** Interval at which a screen reader is told, in seconds. */
const ANNOUNCE_SECONDS = 30

/** Counts the seconds without an event, because a model may reason for a minute before its first word.
 *
 * @param {object} options
 * @param {(seconds: number) => void} options.show called once a second during silence
 * @param {(seconds: number) => void} options.announce called when silence begins, and every 30 seconds
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

    /** Starts the count, or starts it again because an event has come. */
    restart() {
      since = performance.now()
      announced = -Infinity
      timer ??= setInterval(tick, 1000)
    },
  }
}
