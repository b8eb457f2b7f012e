// @ts-check
import { Refusal, send } from './api.js'
import { readEvents } from './read-events.js'

/** @import { ChatEvent } from 'ragwire' */

/** The body of a question. The page chooses the ids, so that it can repeat or stop the request before any response. */
/** @typedef {{ question: string, threadId: string, runId: string, replaces?: string | undefined }} Question */

/** How long to wait before each attempt to connect again, in milliseconds: about eight seconds in all. */
const WAITS = [250, 500, 1000, 2000, 4000]

/** The connection broke, and reconnecting failed. `begun` is true if it was connected before. */
export class Disconnected extends Error {
  /** @param {boolean} begun */
  constructor(begun) {
    super('The connection to the server is lost')
    this.begun = begun
  }
}

/** Makes the reading position of a run, from which reading can continue later.
 *
 * @param {string} runId
 * @param {Question} [question] the question to send, for a run that may not have begun
 */
export function createPosition(runId, question) {
  return { runId, question, lastSeq: -1, lastId: '' }
}

/** @typedef {ReturnType<typeof createPosition>} Position */

/** Reads the events of a run, each of them once, and reconnects when a connection breaks. It ends after the last event. It
 * rejects with {@link Disconnected}, with a {@link Refusal}, or when `signal` fires.
 *
 * @param {Position} position
 * @param {object} options
 * @param {AbortSignal} options.signal leaves the run; it does not stop it
 * @param {() => void} options.onReconnect
 * @returns {AsyncGenerator<ChatEvent, void, void>}
 */
export async function* readRun(position, { signal, onReconnect }) {
  let begun = false
  let failures = 0
  for (;;) {
    try {
      for await (const event of readOnce(position, signal)) {
        begun = true
        failures = 0
        yield event
        if (isLast(event)) return
      }
    } catch (thrown) {
      signal.throwIfAborted()
      if (thrown instanceof Refusal && !isPassing(thrown, position)) throw thrown
    }
    const wait = WAITS[failures]
    failures += 1
    if (wait === undefined) throw new Disconnected(begun)
    onReconnect()
    await pause(wait, signal)
  }
}

/** Reads new events over one connection. @param {Position} position @param {AbortSignal} signal */
async function* readOnce(position, signal) {
  const response = await connect(position, signal)
  // A response without a body means that the run has ended, and has no events after this position.
  if (!response.body) throw new Refusal(410, {})
  for await (const { id, event } of readEvents(response.body)) {
    signal.throwIfAborted()
    position.lastId = id ?? position.lastId
    // Events that were not yet stored when the connection broke come again. The last event is never a duplicate: if a
    // server died, another one does not know how many events it had sent.
    if (event.seq <= position.lastSeq && !isLast(event)) continue
    position.lastSeq = event.seq
    yield event
  }
}

/** Sends the question, or reads the run if its first event has come. If the server already has the id, sending the
 * question again only reads the run, without a second model call.
 *
 * @param {Position} position
 * @param {AbortSignal} signal
 */
function connect({ runId, question, lastSeq, lastId }, signal) {
  if (question && lastSeq < 0) return ask(question, signal)
  /** @type {Record<string, string>} */
  const headers = lastId ? { 'last-event-id': lastId } : {}
  return send(`runs/${runId}/events`, { headers, signal })
}

/** @param {Question} question @param {AbortSignal} signal @returns {Promise<Response>} */
async function ask(question, signal) {
  const headers = { 'content-type': 'application/json' }
  try {
    return await send('chat', { method: 'POST', headers, body: JSON.stringify(question), signal })
  } catch (thrown) {
    // The turn to replace was never stored.
    const isUnknown = question.replaces && thrown instanceof Refusal && thrown.status === 404
    if (isUnknown) return ask({ ...question, replaces: undefined }, signal)
    throw thrown
  }
}

/** Returns true if a refused reader may try again later, because it could read before. @param {Refusal} refusal @param {Position} position */
function isPassing({ status }, { question, lastSeq }) {
  const isReading = !question || lastSeq >= 0
  return isReading && (status === 429 || status >= 500)
}

/** @param {ChatEvent} event */
function isLast({ type }) {
  return type === 'done' || type === 'error'
}

/** Waits, at most until the machine is online again.
 *
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', end)
      signal.removeEventListener('abort', end)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    const timer = setTimeout(end, ms)
    addEventListener('online', end)
    signal.addEventListener('abort', end)
  })
}
