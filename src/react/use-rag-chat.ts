import { useEffect, useInsertionEffect, useState, useSyncExternalStore } from 'react'
import type { ChatSnapshot } from '../client/chat-snapshot.ts'
import { isRunning, keyOf, openChat, type OpenChat } from './open-chat.ts'
import type { RagChat, RagChatOptions } from './rag-chat.ts'

/**
 * The conversation of a component: it asks, stops, restores, and renders again at most once a frame. Turns that have
 * ended keep their identity, so `memo` skips them. The running answer is left when the component is unmounted, unless
 * the store was given.
 *
 * @throws TypeError or RangeError that names the wrong option
 *
 * @example
 * ```ts
 * import { createElement } from 'react'
 * import { Answer, useRagChat } from 'ragwire/react'
 * export function Chat() {
 *   const { turns, send } = useRagChat({ url: '/api' })
 *   const answers = turns.map((turn) => createElement(Answer, { key: turn.runId, turn }))
 *   const onClick = () => send('How do I stop an answer?')
 *   return createElement('main', null, answers, createElement('button', { onClick }, 'Ask'))
 * }
 * ```
 */
export function useRagChat(options: RagChatOptions): RagChat {
  // Not useMemo: a change of the code in development would begin a new conversation.
  const [state, setState] = useState(() => openChat(options))
  let chat = state
  if (keyOf(chat.options) !== keyOf(options)) setState((chat = openChat(options)))
  const { threadId } = options
  const { store } = chat.actions
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, emptySnapshot)
  // Before all other effects, which may send a question.
  useInsertionEffect(() => {
    chat.options = options
  })
  useEffect(() => attach(chat), [chat])
  useEffect(() => follow(chat, threadId), [chat, threadId])
  const willOpen = threadId !== undefined && threadId !== chat.followed && threadId !== snapshot.threadId
  return {
    ...snapshot,
    isLoading: snapshot.isLoading || willOpen,
    isRunning: isRunning(snapshot),
    ...chat.actions,
  }
}

const EMPTY: ChatSnapshot = { threadId: undefined, turns: [], status: 'ready', isLoading: false }

function emptySnapshot(): ChatSnapshot {
  return EMPTY
}

function attach(chat: OpenChat): () => void {
  const { store, resume } = chat.actions
  chat.isMounted = true
  // React has hidden the component and shows it again.
  if (chat.isLeft) void store.refresh().then(() => resume())
  chat.isLeft = false
  const unsubscribe = store.subscribe(() => {
    const { threadId } = store.getSnapshot()
    if (threadId !== chat.known) chat.options.onThreadChange?.((chat.known = threadId))
  })
  return () => {
    unsubscribe()
    chat.isMounted = false
    // Strict Mode mounts it again at once.
    setTimeout(() => {
      if (chat.isMounted || chat.options.store) return
      chat.isLeft = true
      store.disconnect()
    })
  }
}

function follow(chat: OpenChat, threadId: string | undefined): void {
  if (threadId === chat.followed) return
  chat.followed = threadId
  const { store } = chat.actions
  if (threadId === store.getSnapshot().threadId) return
  chat.known = threadId
  void store.open(threadId)
}
