import type { ChatSnapshot } from '../client/chat-snapshot.ts'
import type { ChatStore } from '../client/chat-store.ts'
import { createChatStore } from '../client/create-chat-store.ts'
import { isRunning } from './is-running.ts'
import type { RagChat, RagChatOptions } from './rag-chat.ts'

/** The store of one component, and how it follows the component. */
export interface OpenChat {
  /** The actions for the component. They never change. */
  readonly actions: Omit<RagChat, keyof ChatSnapshot | 'isRunning'>
  /** Returns true if the store is the one for these options. */
  fits(options: RagChatOptions): boolean
  /** Takes the options of the latest render. */
  update(options: RagChatOptions): void
  /** Called when the component is mounted. Returns the function for its unmount. */
  mount(): () => void
  /** Opens the conversation of the option `threadId` if that has changed. */
  follow(threadId: string | undefined): void
  /** Returns true if the next `follow` opens a stored conversation. */
  willOpen(threadId: string | undefined): boolean
}

type StoreOptions = Exclude<RagChatOptions, { readonly store: ChatStore }>

/** Makes the store of a component, or takes the given one. Nothing is sent yet. */
export function openChat(options: RagChatOptions): OpenChat {
  let latest = options
  const store = options.store ?? createStore(options, () => latest as StoreOptions)
  let isMounted = false
  // True if the component was unmounted, and its running answer was left.
  let isLeft = false
  // The option `threadId` of the last `follow`.
  let followed: string | undefined
  // The conversation that the page knows.
  let known = store.getSnapshot().threadId

  return {
    actions: actionsOf(store),
    fits: (other) => keyOf(other) === keyOf(options),
    update(newer) {
      latest = newer
    },
    mount() {
      isMounted = true
      // React has hidden the component, and shows it again. A question that was refused is not asked again.
      if (isLeft) void store.refresh().then(() => (isDisconnected(store) ? store.resume() : undefined))
      isLeft = false
      const unsubscribe = store.subscribe(() => {
        const { threadId } = store.getSnapshot()
        if (threadId !== known) latest.onThreadChange?.((known = threadId))
      })
      return () => {
        unsubscribe()
        isMounted = false
        // Strict Mode mounts it again at once.
        setTimeout(() => {
          if (isMounted || latest.store) return
          isLeft = true
          store.disconnect()
        })
      }
    },
    follow(threadId) {
      if (threadId === followed) return
      followed = threadId
      if (threadId === store.getSnapshot().threadId) return
      known = threadId
      void store.open(threadId)
    },
    willOpen: (threadId) =>
      threadId !== undefined && threadId !== followed && threadId !== store.getSnapshot().threadId,
  }
}

function isDisconnected(store: ChatStore): boolean {
  return store.getSnapshot().turns.at(-1)?.status === 'disconnected'
}

function keyOf(options: RagChatOptions): unknown {
  return options.store ?? (options as StoreOptions).url
}

function createStore(options: StoreOptions, latest: () => StoreOptions): ChatStore {
  const { store: _store, threadId: _threadId, onThreadChange: _onThreadChange, ...client } = options
  return createChatStore({
    ...client,
    headers() {
      const { headers } = latest()
      return typeof headers === 'function' ? headers() : (headers ?? {})
    },
  })
}

function actionsOf(store: ChatStore): OpenChat['actions'] {
  const isFree = () => !isRunning(store.getSnapshot())
  // Handlers are called with an event.
  const byId = (act: (id?: string) => unknown) => (id?: string | object) =>
    void act(typeof id === 'string' ? id : undefined)
  return {
    store,
    disconnect: store.disconnect,
    rate: store.rate,
    send: (question, options) => void (isFree() && String(question).trim() && store.send(question, options)),
    regenerate: byId((runId) => isFree() && store.regenerate(runId)),
    stop: byId(store.stop),
    resume: byId(store.resume),
    open: byId(store.open),
  }
}
