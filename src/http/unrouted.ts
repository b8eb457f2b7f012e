const unrouted = new WeakSet<Response>()

/** Marks the refusal of a path that the handler does not know, so that a framework may try its other routes. */
export function markUnrouted(response: Response): Response {
  unrouted.add(response)
  return response
}

/** True if a response says that the handler does not know the path. */
export function isUnrouted(response: Response): boolean {
  return unrouted.has(response)
}
