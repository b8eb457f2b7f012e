// @ts-check

/** @import { StoredTurn } from 'ragwire' */

/** The id of the conversation, which the address of the page keeps: a reload and the history of the browser show it. */
export function currentThread() {
  return new URLSearchParams(location.hash.slice(1)).get('thread') || undefined
}

/**
 * Gives the conversation of this page its id, or takes it away.
 *
 * @param {string | undefined} threadId
 */
export function nameThread(threadId) {
  if (threadId !== currentThread()) history.replaceState(null, '', addressOf(threadId))
}

/** Leaves the conversation; the way back leads to it. */
export function leaveThread() {
  if (currentThread()) history.pushState(null, '', addressOf(undefined))
}

/** @param {string | undefined} threadId */
function addressOf(threadId) {
  return threadId ? `#${new URLSearchParams({ thread: threadId })}` : location.pathname
}

/**
 * The stored turns of a conversation, as they looked: what failed and was asked again gave its place to that.
 *
 * @param {string} threadId
 * @returns {Promise<readonly StoredTurn[]>}
 */
export async function loadTurns(threadId) {
  const response = await fetch(`threads/${encodeURIComponent(threadId)}`)
  if (!response.ok) throw new Error(`The server answered with status ${response.status}`)
  /** @type {{ readonly turns: readonly StoredTurn[] }} */
  const { turns } = await response.json()
  return turns.filter(({ question, result }, index) => {
    return result?.finishReason !== 'error' || turns[index + 1]?.question !== question
  })
}
