/**
 * The part of a page that the client uses. Other platforms may have none of it, and the declarations of this package
 * compile without those of a browser.
 */
export interface Page {
  /** The document. */
  readonly document?: {
    /** True while the page is hidden. */
    readonly hidden?: boolean
  }
  /** Adds a listener. */
  addEventListener?(type: string, listener: () => void): void
  /** Removes a listener. */
  removeEventListener?(type: string, listener: () => void): void
}

/** Calls `listener` for an event of the page, if there is a page. Returns the function that ends that. */
export function listen(type: 'online' | 'visibilitychange', listener: () => void): () => void {
  const page = globalThis as Page
  page.addEventListener?.(type, listener)
  return () => page.removeEventListener?.(type, listener)
}
