import { describe, expect, it, vi } from 'vitest'
import { createChatStore, createThreadList, type FetchFunction } from '../../src/client.ts'
import { memoryHistoryStore, type HistoryStore } from '../../src/index.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { FINISH, openChat } from './support/open-chat.ts'
import { until, untilAnswer } from './support/until.ts'

describe('the list of conversations', () => {
  it('loads nothing before its first load, and then follows the answers of its store', async () => {
    const gate = createGate()
    await using chat = await openChat({ model: scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH]) })
    const urls: string[] = []
    const store = createChatStore({ url: chat.url, fetch: noting(urls) })
    const threads = createThreadList(store)
    threads.subscribe(() => {})
    gate.release()
    await store.send('Do cats sleep?')
    expect(urls.filter((url) => url.includes('/threads'))).toEqual([])
    expect(threads.getSnapshot()).toMatchObject({ threads: [], hasMore: false, search: '', isLoading: false })

    const loading = threads.load()
    expect(threads.getSnapshot().isLoading).toBe(true)
    await loading
    expect(threads.getSnapshot()).toMatchObject({
      threads: [{ threadId: store.getSnapshot().threadId, title: 'Do cats sleep?', turns: 1, isRunning: false }],
      isLoading: false,
    })

    await store.open()
    const asked = store.send('Do dogs sleep?')
    await untilAnswer(store, 'Cats ')
    const running = await until(threads, ({ threads }) => threads[0]?.isRunning === true)
    expect(running.threads.map(({ title }) => title)).toEqual(['Do dogs sleep?', 'Do cats sleep?'])
    gate.open()
    await asked
    await until(threads, ({ threads }) => threads.length === 2 && threads.every(({ isRunning }) => !isRunning))
  })

  it('loads further pages, up to the last one', async () => {
    const history = memoryHistoryStore()
    await addThreads(history, 120)
    await using chat = await openChat({ history })
    const threads = createThreadList(createChatStore({ url: chat.url }))
    await threads.load()
    expect([threads.getSnapshot().threads.length, threads.getSnapshot().hasMore]).toEqual([50, true])
    await threads.more()
    await threads.more()
    expect([threads.getSnapshot().threads.length, threads.getSnapshot().hasMore]).toEqual([120, false])
    expect(new Set(threads.getSnapshot().threads.map(({ threadId }) => threadId)).size).toBe(120)
    const { threads: all } = threads.getSnapshot()
    await threads.more()
    expect(threads.getSnapshot().threads).toEqual(all)
    // A refresh keeps what was loaded.
    await threads.load()
    expect(threads.getSnapshot().threads).toEqual(all)
  })

  it('shows what another tab has renamed or removed', async () => {
    // A tab of a browser has a document; channels exist in Node, too.
    vi.stubGlobal('document', {})
    await using chat = await openChat({ model: scriptedChatModel(['Cats sleep.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    const [here, there] = [createThreadList(store), createThreadList(createChatStore({ url: chat.url }))]
    const ends = [here.subscribe(() => {}), there.subscribe(() => {})]
    await store.send('Do cats sleep?')
    await Promise.all([here.load(), there.load()])
    const threadId = store.getSnapshot().threadId ?? ''
    await here.rename(threadId, 'Cats')
    await until(there, ({ threads }) => threads[0]?.title === 'Cats')
    await here.remove(threadId)
    await until(there, ({ threads }) => threads.length === 0)
    for (const end of ends) end()
    vi.unstubAllGlobals()
  })

  it('removes a conversation and stops its answer', async () => {
    const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
    await using chat = await openChat({ model })
    const store = createChatStore({ url: chat.url })
    const threads = createThreadList(store)
    const asked = store.send('Do cats sleep?')
    const { threadId = '' } = await untilAnswer(store, 'Cats ')
    await threads.load()
    await threads.remove(threadId)
    expect(threads.getSnapshot().threads).toEqual([])
    await asked
    expect(await model.calls[0]?.ended).toBe('aborted')
    // Also one that is not there any more.
    await threads.remove(threadId)
  })

  it('drops the response to an earlier load that comes after that to a later one', async () => {
    const history = memoryHistoryStore()
    await addThreads(history, 2)
    await using chat = await openChat({ history })
    const held = createGate()
    let loads = 0
    const threads = createThreadList(
      createChatStore({
        url: chat.url,
        fetch: async (url, request) => {
          const response = await fetch(url, request as RequestInit)
          if (!url.includes('/threads')) return response
          loads += 1
          if (loads > 1) return response
          await held.pass()
          return Response.json({ threads: [{ threadId: 'stale', title: '', turns: 1, updatedAt: 0 }] })
        },
      }),
    )
    const first = threads.load()
    await held.reached()
    await threads.load()
    held.open()
    await first
    expect(threads.getSnapshot().threads.map(({ threadId }) => threadId)).toEqual(['thread-1', 'thread-0'])
    expect(threads.getSnapshot().isLoading).toBe(false)
  })

  it('keeps its entries when a load fails, and reports the failure until the next one', async () => {
    const history = memoryHistoryStore()
    await addThreads(history, 1)
    const chat = await openChat({ history })
    const threads = createThreadList(createChatStore({ url: chat.url }))
    await threads.load()
    await chat.close()
    await threads.load()
    expect(threads.getSnapshot()).toMatchObject({ threads: [{}], error: { code: 'unreachable' }, isLoading: false })
    await expect(threads.remove('thread-0')).rejects.toMatchObject({ name: 'ChatClientError', code: 'unreachable' })
    await expect(threads.rename('thread-0', 'Cats')).rejects.toMatchObject({ name: 'ChatClientError' })
    await using _again = await openChat({ history, port: chat.port })
    await threads.load()
    expect(threads.getSnapshot().error).toBeUndefined()
  })

  it('sends the search and the new title as the protocol says', async () => {
    const requests: string[] = []
    const threads = createThreadList(
      createChatStore({
        url: '/api',
        fetch: async (url, { method, body }) => {
          requests.push([method, url, ...(body ? [body] : [])].join(' '))
          if (method === 'PATCH') return new Response(null, { status: 204 })
          return Response.json(url === '/api/runs' ? { runs: [] } : { threads: [] })
        },
      }),
    )
    await threads.load({ search: 'cats & dogs' })
    expect(threads.getSnapshot().search).toBe('cats & dogs')
    await threads.rename('a/b', 'Cats')
    await threads.load({ search: '' })
    expect(requests.filter((request) => request !== 'GET /api/runs').map(decodeURIComponent)).toEqual([
      'GET /api/threads?limit=50&search=cats+&+dogs',
      'PATCH /api/threads/a/b {"title":"Cats"}',
      'GET /api/threads?limit=50&search=cats+&+dogs',
      'GET /api/threads?limit=50',
    ])
  })
})

function noting(urls: string[]): FetchFunction {
  return (url, request) => {
    urls.push(url)
    return fetch(url, request as RequestInit)
  }
}

async function addThreads(history: HistoryStore, count: number): Promise<void> {
  const { signal } = new AbortController()
  for (let index = 0; index < count; index++) {
    const ids = { scope: 'ann', threadId: `thread-${index}`, runId: `run-${index}`, messageId: `message-${index}` }
    await history.beginTurn({ ...ids, question: `Question ${index}` }, { signal })
  }
}
