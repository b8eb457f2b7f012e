/** Tells the other tabs of a browser about changes of conversations. */
export interface TabChannel {
  /** Tells the others that a conversation has changed. */
  post(threadId: string): void
  /** Begins to listen. Returns the function that ends it. */
  open(): () => void
}

/** Creates the channel of the tabs that use the same chat handler. It does nothing where there is no such channel. */
export function createTabChannel(url: string, onChange: (threadId: string) => void): TabChannel {
  let channel: BroadcastChannel | undefined
  return {
    post: (threadId) => channel?.postMessage(threadId),
    open() {
      // Node has it too, but there are no tabs.
      if (!('document' in globalThis)) return () => {}
      const opened = new BroadcastChannel(`ragwire:${url}`)
      opened.addEventListener('message', ({ data }) => onChange(String(data)))
      channel = opened
      return () => {
        opened.close()
        channel = undefined
      }
    },
  }
}
