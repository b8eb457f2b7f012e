// Node has no events of a page, and the declarations of this package compile without those of a browser.
export interface Page {
  readonly document?: { readonly hidden?: boolean }
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

/** Calls `listener` for an event of the page, if there is a page. Returns the function that ends that. */
export function listen(type: 'online' | 'visibilitychange', listener: () => void): () => void {
  const page = globalThis as Page
  page.addEventListener?.(type, listener)
  return () => page.removeEventListener?.(type, listener)
}
