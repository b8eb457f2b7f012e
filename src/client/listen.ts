// Node has no events of a page, and the declarations of this package compile without those of a browser.
interface EventTargetLike {
  readonly addEventListener?: (type: string, listener: () => void) => void
  readonly removeEventListener?: (type: string, listener: () => void) => void
}

/** The events of a page that a client listens to, with the name of the global object that fires them. */
const TARGETS = { online: 'window', visibilitychange: 'document' } as const

/** Calls `listener` for an event of the page, if there is a page. Returns the function that ends that. */
export function listen(type: keyof typeof TARGETS, listener: () => void): () => void {
  const target = Reflect.get(globalThis, TARGETS[type]) as EventTargetLike | undefined
  target?.addEventListener?.(type, listener)
  return () => target?.removeEventListener?.(type, listener)
}

/** Returns true if there is a page, and it is not visible: then it gets no animation frames. */
export function isHidden(): boolean {
  const page = Reflect.get(globalThis, 'document') as { readonly visibilityState?: string } | undefined
  return page?.visibilityState === 'hidden'
}
