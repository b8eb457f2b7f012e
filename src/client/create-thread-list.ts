import type { ChatClient } from './chat-client.ts'
import type { ThreadListSnapshot } from './chat-snapshot.ts'
import type { ThreadList } from './chat-store.ts'
import type { ChatFailure } from './client-error.ts'
import { createPublisher } from './create-publisher.ts'

/** A list of conversations that its store keeps up to date. */
export interface RefreshedThreadList extends ThreadList {
  /** Loads again what is shown, if anything was loaded. */
  refresh(): void
}

const PAGE = 50
// The most that the route allows.
const MOST = 200

/** Creates the list of the conversations of a client. */
export function createThreadList(client: ChatClient): RefreshedThreadList {
  let state: ThreadListSnapshot = { threads: [], hasMore: false, search: '', isLoading: false }
  let before: string | undefined
  // Counts the loads, because an earlier one may be answered later.
  let loads = 0
  const { flush, getSnapshot, subscribe } = createPublisher(() => state)

  function show(change: Partial<ThreadListSnapshot>): void {
    state = { ...state, ...change }
    flush()
  }

  async function loadPage(limit: number, after?: string): Promise<void> {
    const load = ++loads
    show({ isLoading: true, error: undefined })
    const search = state.search || undefined
    try {
      const [page, runs] = await Promise.all([client.threads({ limit, before: after, search }), client.runs()])
      if (load !== loads) return
      before = page.before
      const entries = page.threads.map((thread) => {
        return { ...thread, isRunning: runs.some(({ threadId }) => threadId === thread.threadId) }
      })
      const threads = after === undefined ? entries : [...state.threads, ...entries]
      show({ threads, hasMore: before !== undefined, isLoading: false })
    } catch (thrown) {
      if (load === loads) show({ isLoading: false, error: thrown as ChatFailure })
    }
  }

  const reload = () => loadPage(Math.min(MOST, Math.max(PAGE, state.threads.length)))

  return {
    getSnapshot,
    subscribe,
    load({ search = state.search } = {}) {
      state = { ...state, search }
      return reload()
    },
    more: () => loadPage(PAGE, before),
    rename: (threadId, title) => client.rename(threadId, title).then(reload),
    remove: (threadId) => client.remove(threadId).then(reload),
    refresh: () => void (loads && reload()),
  }
}
