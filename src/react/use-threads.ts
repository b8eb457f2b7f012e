import { useCallback, useEffect, useSyncExternalStore } from 'react'
import type { ThreadListSnapshot } from '../client/chat-snapshot.ts'
import type { ChatStore, ThreadList } from '../client/chat-store.ts'

/** The list of conversations in a component: its snapshot, and its actions, which stay the same functions. */
export interface Threads extends Omit<ThreadListSnapshot, 'search'>, Pick<ThreadList, 'rename' | 'remove'> {
  /** Lists the conversations whose titles contain a text; an empty text lists all. */
  search(text: string): void
  /** Loads the next page. */
  more(): void
}

/** The list of conversations of a store. It is loaded when a component with it is mounted. */
export function useThreads({ threads }: Pick<ChatStore, 'threads'>): Threads {
  const { load, rename, remove } = threads
  const snapshot = useSyncExternalStore(threads.subscribe, threads.getSnapshot, () => EMPTY)
  useEffect(() => {
    if (!threads.getSnapshot().isLoading) void load()
  }, [load])
  const search = useCallback((text: string) => void load({ search: text }), [load])
  const more = useCallback(() => void threads.more(), [threads])
  return { ...snapshot, search, more, rename, remove }
}

const EMPTY: ThreadListSnapshot = { threads: [], hasMore: false, search: '', isLoading: true }
