/** Tells the other tabs of a browser which conversation has changed. */
export interface TabChannel {
  /** Tells the others. Without an id, only their lists of conversations take it. */
  post(threadId?: string): void
  /** Begins to listen. Returns the function that ends it. */
  open(): () => void
}

/** Creates a channel between the tabs of an origin. It does nothing where there is no page. */
export function createTabChannel(onChange: (threadId: string) => void): TabChannel {
  let channel: BroadcastChannel | undefined
  return {
    post: (threadId) => channel?.postMessage(threadId),
    open() {
      // Node has such channels, too. They would keep its process alive.
      if (!('document' in globalThis)) return () => {}
      let opened: BroadcastChannel
      try {
        opened = channel = new BroadcastChannel('ragwire')
      } catch {
        // Old browsers have none, and some refuse it to a page without storage.
        return () => {}
      }
      opened.addEventListener('message', ({ data }) => onChange(data))
      return () => {
        opened.close()
        // A post on a closed channel throws.
        channel = undefined
      }
    },
  }
}
