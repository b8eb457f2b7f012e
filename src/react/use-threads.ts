import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { ThreadListSnapshot } from '../client/chat-snapshot.ts'
import type { ChatStore, ThreadList } from '../client/chat-store.ts'
import { createThreadList } from '../client/create-thread-list.ts'

/** The list of conversations in a component: its snapshot, and its actions, which stay the same functions. */
export interface Threads extends Omit<ThreadListSnapshot, 'search'>, Pick<ThreadList, 'rename' | 'remove'> {
  /** Lists the conversations whose titles contain a text; an empty text lists all. */
  search(text: string): void
  /** Loads the next page. */
  more(): void
}

/** The list of the conversations of a reader. It is loaded when the component is mounted, and follows the store. */
export function useThreads(store: ChatStore): Threads {
  const threads = useMemo(() => createThreadList(store), [store])
  const snapshot = useSyncExternalStore(threads.subscribe, threads.getSnapshot, () => EMPTY)
  const search = useCallback((text?: string) => void threads.load({ search: text }), [threads])
  const more = useCallback(() => void threads.more(), [threads])
  useEffect(search, [search])
  return { ...snapshot, search, more, rename: threads.rename, remove: threads.remove }
}

const EMPTY: ThreadListSnapshot = { threads: [], hasMore: false, search: '', isLoading: true }
