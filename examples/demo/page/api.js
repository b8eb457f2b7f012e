// @ts-check

/** @import { StoredTurn, ThreadPage } from 'ragwire' */
/** @import { ActiveRun, StopOutcome } from 'ragwire/server' */

/** The server refused a request: with a status, a sentence for the reader, and perhaps the run that is in the way. */
export class Refusal extends Error {
  /** @param {number} status @param {{ readonly message?: unknown, readonly runId?: unknown }} problem */
  constructor(status, { message = `The server answered with status ${status}`, runId }) {
    super(`${String(message).replace(/\.$/, '')}.`)
    this.status = status
    this.runId = typeof runId === 'string' ? runId : undefined
  }
}

/**
 * Sends a request. It rejects with a {@link Refusal}, or with whatever `fetch` throws when there is no connection.
 *
 * @param {string} path
 * @param {RequestInit} [init]
 */
export async function send(path, init) {
  const response = await fetch(path, init)
  if (response.ok) return response
  throw new Refusal(response.status, await response.json().catch(() => ({})))
}

/**
 * The stored turns of a conversation, as they looked: what was lost or failed and was asked again gave its place to that.
 *
 * @param {string} threadId
 * @returns {Promise<readonly StoredTurn[]>} nothing for an unknown conversation
 */
export async function loadTurns(threadId) {
  const turns = await readTurns(threadId)
  return turns.filter(({ question, result }, index) => {
    return (result && result.finishReason !== 'error') || turns[index + 1]?.question !== question
  })
}

/** @param {string} threadId @returns {Promise<readonly StoredTurn[]>} */
async function readTurns(threadId) {
  try {
    const response = await send(`threads/${encodeURIComponent(threadId)}`)
    return (await response.json()).turns
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.status === 404) return []
    throw thrown
  }
}

/** A page of the conversations of this browser. @param {string} [before] @returns {Promise<ThreadPage>} */
export async function listThreads(before) {
  const query = new URLSearchParams(before === undefined ? {} : { before })
  return (await send(`threads?${query}`)).json()
}

/** @param {string} threadId */
export async function deleteThread(threadId) {
  try {
    await send(`threads/${encodeURIComponent(threadId)}`, { method: 'DELETE' })
  } catch (thrown) {
    // It is gone, which is what was asked for.
    if (!(thrown instanceof Refusal && thrown.status === 404)) throw thrown
  }
}

/** The answers of this browser that are being written, in any of its tabs. @returns {Promise<readonly ActiveRun[]>} */
export async function listRuns() {
  return (await (await send('runs')).json()).runs
}

/** Asks the server to stop an answer, also one that it has not heard of yet. @param {string} runId @returns {Promise<StopOutcome>} */
export async function stopRun(runId) {
  return (await (await send(`runs/${runId}/stop`, { method: 'POST' })).json()).outcome
}
