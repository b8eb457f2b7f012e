import type { ChatClient } from './chat-client.ts'
import type { ThreadEntry, ThreadListSnapshot } from './chat-snapshot.ts'
import type { ThreadList } from './chat-store.ts'
import { toFailure } from './client-error.ts'
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
  let isLoaded = false
  // Counts the loads, because an earlier one may be answered later.
  let latest = 0
  const publisher = createPublisher(() => state)

  function show(change: Partial<ThreadListSnapshot>): void {
    state = { ...state, ...change }
    publisher.flush()
  }

  async function loadPage(page: { readonly limit: number; readonly before?: string | undefined }): Promise<void> {
    latest += 1
    const load = latest
    isLoaded = true
    const { error: _error, ...rest } = state
    state = rest
    show({ isLoading: true })
    const search = state.search === '' ? undefined : state.search
    try {
      const [{ threads, ...next }, runs] = await Promise.all([client.threads({ ...page, search }), client.runs()])
      if (load !== latest) return
      before = next.before
      const running = new Set(runs.map(({ threadId }) => threadId))
      const loaded = threads.map((thread): ThreadEntry => ({ ...thread, isRunning: running.has(thread.threadId) }))
      const kept = page.before === undefined ? [] : state.threads
      show({ threads: [...kept, ...loaded], hasMore: before !== undefined, isLoading: false })
    } catch (thrown) {
      if (load === latest) show({ isLoading: false, error: toFailure(thrown) })
    }
  }

  const reload = () => loadPage({ limit: Math.min(MOST, Math.max(PAGE, state.threads.length)) })

  return {
    getSnapshot: publisher.getSnapshot,
    subscribe: publisher.subscribe,
    load({ search = state.search } = {}) {
      const limit = search === state.search ? state.threads.length : PAGE
      state = { ...state, search }
      return loadPage({ limit: Math.min(MOST, Math.max(PAGE, limit)) })
    },
    more: () => (before === undefined ? Promise.resolve() : loadPage({ limit: PAGE, before })),
    async rename(threadId, title) {
      await client.rename(threadId, title)
      await reload()
    },
    async remove(threadId) {
      await client.remove(threadId)
      await reload()
    },
    refresh: () => void (isLoaded && reload()),
  }
}
