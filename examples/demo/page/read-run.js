// @ts-check
import { Refusal, send } from './api.js'
import { readEvents } from './read-events.js'

/** @import { ChatEvent } from 'ragwire' */

/** A question as it is sent: the ids are chosen here, so that it can be sent again, and stopped, before any answer. */
/** @typedef {{ question: string, threadId: string, runId: string, replaces?: string | undefined }} Question */

/** How long to wait before each attempt to connect again, in milliseconds: about eight seconds in all. */
const WAITS = [250, 500, 1000, 2000, 4000]

/** The connection broke, and could not be made again. `begun`: whether it had been there. */
export class Disconnected extends Error {
  /** @param {boolean} begun */
  constructor(begun) {
    super('The connection to the server is lost')
    this.begun = begun
  }
}

/**
 * Where the reading of a run stands: it can be given up and taken up again.
 *
 * @param {string} runId
 * @param {Question} [question] what to ask, for a run that is not known to be there
 */
export function createPosition(runId, question) {
  return { runId, question, lastSeq: -1, lastId: '' }
}

/** @typedef {ReturnType<typeof createPosition>} Position */

/**
 * Reads the events of a run, each of them once, whatever becomes of the connections that they come over. It ends after
 * the last event, and rejects with {@link Disconnected}, with a {@link Refusal}, or when `signal` fires.
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

/** Reads what is new, over one connection. @param {Position} position @param {AbortSignal} signal */
async function* readOnce(position, signal) {
  const response = await connect(position, signal)
  // Without a body: the run is over, and there is nothing after this position.
  if (!response.body) throw new Refusal(410, {})
  for await (const { id, event } of readEvents(response.body)) {
    signal.throwIfAborted()
    position.lastId = id ?? position.lastId
    // What was on its way to the store when the connection broke comes once more. The end is news in any case: a server
    // that takes over from one that died does not know how much that one has said.
    if (event.seq <= position.lastSeq && !isLast(event)) continue
    position.lastSeq = event.seq
    yield event
  }
}

/**
 * Asks the question; under an id that the server knows already, that only reads the run and pays for nothing twice. From
 * the first event on it is known to be there.
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
    // The turn that it should take the place of was never kept.
    const isUnknown = question.replaces && thrown instanceof Refusal && thrown.status === 404
    if (isUnknown) return ask({ ...question, replaces: undefined }, signal)
    throw thrown
  }
}

/** Whether the server may let a reader in again who was in before. @param {Refusal} refusal @param {Position} position */
function isPassing({ status }, { question, lastSeq }) {
  const isReading = !question || lastSeq >= 0
  return isReading && (status === 429 || status >= 500)
}

/** @param {ChatEvent} event */
function isLast({ type }) {
  return type === 'done' || type === 'error'
}

/**
 * Waits, but not when the machine comes back online.
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
