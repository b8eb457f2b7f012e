import { useEffect, useInsertionEffect, useState, useSyncExternalStore } from 'react'
import type { ChatSnapshot } from '../client/chat-snapshot.ts'
import { isRunning } from './is-running.ts'
import { openChat } from './open-chat.ts'
import type { RagChat, RagChatOptions } from './rag-chat.ts'

/**
 * The conversation of a component: it asks, stops and restores, and renders the text of an answer at most once a frame.
 * Turns that have ended stay the same objects, so `memo` skips them. The running answer is left when the component is unmounted, unless
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
  if (!chat.fits(options)) setState((chat = openChat(options)))
  const { store } = chat.actions
  const { threadId } = options
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, () => EMPTY)
  // Before all other effects, because they may send a question.
  useInsertionEffect(() => chat.update(options))
  useEffect(() => chat.mount(), [chat])
  useEffect(() => chat.follow(threadId), [chat, threadId])
  return {
    ...snapshot,
    isLoading: snapshot.isLoading || chat.willOpen(threadId),
    isRunning: isRunning(snapshot),
    ...chat.actions,
  }
}

// The same on the server and at hydration.
const EMPTY: ChatSnapshot = { threadId: undefined, turns: [], status: 'ready', isLoading: false }
