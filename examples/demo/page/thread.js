// @ts-check

/** Returns the id of the conversation from the address, so that a reload and the browser history keep it. */
export function currentThread() {
  return new URLSearchParams(location.hash.slice(1)).get('thread') || undefined
}

/** Sets or removes the id of the conversation of this page.
 *
 * @param {string | undefined} threadId
 */
export function nameThread(threadId) {
  if (threadId !== currentThread()) history.replaceState(null, '', addressOf(threadId))
}

/** Leaves the conversation; the back button returns to it. */
export function leaveThread() {
  if (currentThread()) history.pushState(null, '', addressOf(undefined))
}

/** Returns the address of a conversation, or of a new one. @param {string | undefined} threadId */
export function addressOf(threadId) {
  return threadId ? `#${new URLSearchParams({ thread: threadId })}` : location.pathname
}

/** Returns a random UUID. `crypto.randomUUID` is missing on a page that comes over plain HTTP from another machine. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
