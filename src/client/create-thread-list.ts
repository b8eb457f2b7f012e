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
  const tabs = createTabChannel(() => void (loads && reload()))
  const { flush, getSnapshot, subscribe } = createPublisher(() => state, follow)

  function follow(): () => void {
    const close = tabs.open()
    const unsubscribe = store.subscribe(() => {
      const latest = store.getSnapshot().status
      // A question has been stored, or an answer has ended.
      if (loads && latest !== status && latest !== 'submitted') void reload()
      status = latest
    })
    return () => {
      close()
      unsubscribe()
    }
  }

  function show(change: Partial<ThreadListSnapshot>): void {
    state = { ...state, ...change }
    flush()
  }

  function reload(): Promise<void> {
    return loadPage(Math.min(MOST, Math.max(PAGE, state.threads.length)))
  }

  function announce(): Promise<void> {
    tabs.post()
    return reload()
  }

  async function loadPage(limit: number, after?: string): Promise<void> {
    const load = ++loads
    show({ isLoading: true, error: undefined })
    try {
      const search = state.search || undefined
      const [page, runs] = await Promise.all([client.threads({ limit, before: after, search }), client.runs()])
      if (load !== loads) return
      before = page.before
      const entries = page.threads.map((thread) => ({
        ...thread,
        isRunning: runs.some(({ threadId }) => threadId === thread.threadId),
      }))
      const threads = after ? [...state.threads, ...entries] : entries
      show({ threads, hasMore: !!before, isLoading: false })
    } catch (thrown) {
      if (load === loads) show({ isLoading: false, error: thrown as ChatFailure })
    }
  }

  return {
    getSnapshot,
    subscribe,
    load({ search = state.search } = {}) {
      // The cursor is one of the earlier search.
      if (search !== state.search) show({ search, hasMore: false })
      return reload()
    },
    async more() {
      if (state.hasMore) await loadPage(PAGE, before)
    },
    rename: (threadId, title) => client.rename(threadId, title).then(announce),
    remove: (threadId) => client.remove(threadId).then(announce),
  }
}
