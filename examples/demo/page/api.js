// @ts-check

/** @import { StoredTurn, ThreadPage } from 'ragwire' */
/** @import { ActiveRun, StopOutcome } from 'ragwire/server' */

/** The server refused a request, with a status, a sentence for the reader, and the id of a run that blocks it, if any. */
export class Refusal extends Error {
  /** @param {number} status @param {{ readonly message?: unknown, readonly runId?: unknown }} problem */
  constructor(status, { message = `The server answered with status ${status}`, runId }) {
    super(`${String(message).replace(/\.$/, '')}.`)
    this.status = status
    this.runId = typeof runId === 'string' ? runId : undefined
  }
}

/** Sends a request. It rejects with a {@link Refusal}, or with the error of `fetch` when there is no connection.
 *
 * @param {string} path
 * @param {RequestInit} [init]
 */
export async function send(path, init) {
  const response = await fetch(path, init)
  if (response.ok) return response
  throw new Refusal(response.status, await response.json().catch(() => ({})))
}

/** Loads the stored turns of a conversation. A lost or failed turn is left out if its question was asked again.
 *
 * @param {string} threadId
 * @returns {Promise<readonly StoredTurn[]>} empty for an unknown conversation
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

/** Returns a page of the conversations of this browser. @param {string} [before] @returns {Promise<ThreadPage>} */
export async function listThreads(before) {
  const query = new URLSearchParams(before === undefined ? {} : { before })
  return (await send(`threads?${query}`)).json()
}

/** @param {string} threadId */
export async function deleteThread(threadId) {
  try {
    await send(`threads/${encodeURIComponent(threadId)}`, { method: 'DELETE' })
  } catch (thrown) {
    // It is already deleted.
    if (!(thrown instanceof Refusal && thrown.status === 404)) throw thrown
  }
}

/** Returns the active runs of this browser, of all tabs. @returns {Promise<readonly ActiveRun[]>} */
export async function listRuns() {
  return (await (await send('runs')).json()).runs
}

/** Asks the server to stop a run, also one that has not begun yet. @param {string} runId @returns {Promise<StopOutcome>} */
export async function stopRun(runId) {
  return (await (await send(`runs/${runId}/stop`, { method: 'POST' })).json()).outcome
}
