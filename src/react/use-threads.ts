import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { ThreadListSnapshot } from '../client/chat-snapshot.ts'
import type { ChatStore, ThreadList } from '../client/chat-store.ts'
import { createThreadList } from '../client/create-thread-list.ts'

/** The list of conversations in a component: its snapshot and its actions. */
export interface Threads extends Omit<ThreadListSnapshot, 'search'>, Pick<ThreadList, 'rename' | 'remove'> {
  /** The text that is searched for; empty for the whole list. */
  readonly searchText: string
  /** Lists the conversations whose titles contain a text; an empty one lists all. */
  search(text: string): Promise<void>
  /** Loads the next page. */
  more(): Promise<void>
}

/** The list of conversations of a store. It is loaded when a component with it is mounted. */
export function useThreads(store: ChatStore): Threads {
  const threads = useMemo(() => createThreadList(store), [store])
  const { search: searchText, ...snapshot } = useSyncExternalStore(
    threads.subscribe,
    threads.getSnapshot,
    emptySnapshot,
  )
  useEffect(() => {
    if (!threads.getSnapshot().isLoading) void threads.load()
  }, [threads])
  const actions = useMemo(() => {
    const { more, rename, remove, load } = threads
    return { more: () => more(), rename, remove, search: (search: string) => load({ search }) }
  }, [threads])
  return { ...snapshot, ...actions, searchText }
}

const EMPTY: ThreadListSnapshot = { threads: [], hasMore: false, search: '', isLoading: true }

function emptySnapshot(): ThreadListSnapshot {
  return EMPTY
}
