import type { ThreadListSnapshot } from './chat-snapshot.ts'
import type { ChatStore, ThreadList } from './chat-store.ts'
import type { ChatFailure } from './client-error.ts'
import { createPublisher } from './create-publisher.ts'
import { createTabChannel } from './tab-channel.ts'

const PAGE = 50
// The most that the route allows.
const MOST = 200

/**
 * Creates the list of the conversations of a reader. It sends nothing before its first `load`; after that, it follows
 * the changes that its store and other tabs make, while something has subscribed to it.
 *
 * @example
 * ```ts
 * import { createChatStore, createThreadList } from 'ragwire/client'
 * const store = createChatStore({ url: '/api' })
 * const threads = createThreadList(store)
 * threads.subscribe(() => console.log(threads.getSnapshot().threads.map(({ title }) => title)))
 * await threads.load()
 * ```
 */
export function createThreadList(store: ChatStore): ThreadList {
  const { client } = store
  let state: ThreadListSnapshot = { threads: [], hasMore: false, search: '', isLoading: false }
  let before: string | undefined
  // Counts the loads, because an earlier one may be answered later.
  let loads = 0
  let status = ''
  const tabs = createTabChannel(refresh)
  const { flush, getSnapshot, subscribe } = createPublisher(() => state, follow)

  function follow(): () => void {
    const close = tabs.open()
    const unsubscribe = store.subscribe(() => {
      const latest = store.getSnapshot().status
      // A question is stored, and an answer has ended.
      if (latest !== status) refresh()
      status = latest
    })
    return () => {
      close()
      unsubscribe()
    }
  }

  function refresh(): void {
    if (loads > 0) void reload()
  }

  function show(change: Partial<ThreadListSnapshot>): void {
    state = { ...state, ...change }
    flush()
  }

  function reload(): Promise<void> {
    return loadPage(Math.min(MOST, Math.max(PAGE, state.threads.length)))
  }

  function announce(): Promise<void> {
    tabs.post('')
    return reload()
  }

  async function loadPage(limit: number, after?: string): Promise<void> {
    loads += 1
    const load = loads
    show({ isLoading: true, error: undefined })
    try {
      const search = state.search || undefined
      const [page, runs] = await Promise.all([client.threads({ limit, before: after, search }), client.runs()])
      if (load !== loads) return
      before = page.before
      const running = new Set(runs.map(({ threadId }) => threadId))
      const entries = page.threads.map((thread) => ({ ...thread, isRunning: running.has(thread.threadId) }))
      const threads = after === undefined ? entries : [...state.threads, ...entries]
      show({ threads, hasMore: before !== undefined, isLoading: false })
    } catch (thrown) {
      if (load === loads) show({ isLoading: false, error: thrown as ChatFailure })
    }
  }

  return {
    getSnapshot,
    subscribe,
    load({ search = state.search } = {}) {
      state = { ...state, search }
      return reload()
    },
    async more() {
      if (before) await loadPage(PAGE, before)
    },
    rename: (threadId, title) => client.rename(threadId, title).then(announce),
    remove: (threadId) => client.remove(threadId).then(announce),
  }
}
