import type { ChatSnapshot, ChatTurn } from '../client/chat-snapshot.ts'
import type { ChatStore } from '../client/chat-store.ts'
import { createChatStore } from '../client/create-chat-store.ts'
import type { RagChat, RagChatOptions } from './rag-chat.ts'

/** The store of one component, with what the component knows of it. */
export interface OpenChat {
  /** The actions for the component. They never change. */
  readonly actions: Omit<RagChat, keyof ChatSnapshot | 'isRunning'>
  /** The options of the latest render. */
  options: RagChatOptions
  /** True while the component is mounted. */
  isMounted: boolean
  /** True if the component was unmounted, and its running answer was left. */
  isLeft: boolean
  /** The option `threadId` that was followed last. */
  followed: string | undefined
  /** Id of the conversation that the page knows. */
  known: string | undefined
}

/** Makes the store of a component, or takes the given one. Nothing is sent yet. */
export function openChat(options: RagChatOptions): OpenChat {
  const store = options.store ?? createStore(options, () => chat.options)
  const chat: OpenChat = {
    actions: actionsOf(store),
    options,
    isMounted: false,
    isLeft: false,
    followed: undefined,
    known: store.getSnapshot().threadId,
  }
  return chat
}

/** Returns the store or the URL of options. Another one needs another store. */
export function keyOf(options: RagChatOptions): unknown {
  return options.store ?? (options as StoreOptions).url
}

/** Returns true while an answer is running. */
export function isRunning({ status }: { readonly status: ChatSnapshot['status'] | ChatTurn['status'] }): boolean {
  return status === 'submitted' || status === 'streaming'
}

type StoreOptions = Exclude<RagChatOptions, { readonly store: ChatStore }>

function createStore(
  { store: _store, threadId: _threadId, onThreadChange: _onThreadChange, ...options }: StoreOptions,
  latest: () => RagChatOptions,
): ChatStore {
  const { fetch } = options
  return createChatStore({
    ...options,
    headers() {
      const { headers = {} } = latest() as StoreOptions
      return typeof headers === 'function' ? headers() : headers
    },
    fetch: fetch && ((url, request) => ((latest() as StoreOptions).fetch ?? fetch)(url, request)),
  })
}

function actionsOf(store: ChatStore): OpenChat['actions'] {
  const { open, stop, resume, regenerate, disconnect, rate } = store
  const isFree = () => !isRunning(store.getSnapshot())
  return {
    async send(question, options) {
      if (isFree() && String(question).trim() !== '') await store.send(question, options)
    },
    async regenerate(runId) {
      if (isFree()) await regenerate(idOf(runId))
    },
    open: (threadId) => open(idOf(threadId)),
    stop: (runId) => stop(idOf(runId)),
    resume: (runId) => resume(idOf(runId)),
    disconnect,
    rate,
    store,
  }
}

/** Handlers are called with an event. */
function idOf(value: string | object | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
