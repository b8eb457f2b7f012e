// @ts-check

/** Returns the id of the conversation from the address, so that a reload and the browser history keep it. */
export function currentThread() {
  return new URLSearchParams(location.hash.slice(1)).get('thread') || undefined
}

/** Sets or removes the id of the conversation of this page. @param {string | undefined} threadId */
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
