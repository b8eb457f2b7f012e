import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, publicMessage, type HistoryStore } from '../../../src/index.ts'
import type { FeedbackNote } from '../../../src/server.ts'
import { openServer, says } from './support/chatkit-server.ts'
import { foldItems } from './support/fold.ts'
import { errorSchema, itemPageSchema, threadPageSchema, threadSchema, type Item } from './support/wire.ts'

/** A server with one thread of several questions. */
async function openThread(questions: number) {
  const server = openServer()
  const { threadId } = await server.create('Question 1')
  for (let number = 2; number <= questions; number += 1) {
    await server.request('threads.add_user_message', { thread_id: threadId, input: says(`Question ${number}`) })
  }
  return { server, threadId }
}

describe('threads.list', () => {
  it('lists the threads of the user in pages, the latest first', async () => {
    const server = openServer()
    const ids: string[] = []
    for (let number = 1; number <= 5; number += 1) ids.push((await server.create(`Question ${number}`)).threadId)
    await server.create('Of another user', { as: 'bob' })
    const listed: string[] = []
    let after: string | undefined
    do {
      const { json } = await server.request('threads.list', { limit: 2, order: 'desc', after: after ?? null })
      const page = threadPageSchema.parse(json)
      expect([page.data.length <= 2, page.has_more]).toEqual([true, page.after !== undefined])
      listed.push(...page.data.map(({ id }) => id))
      after = page.after
    } while (after !== undefined && listed.length < 10)
    expect(listed).toEqual(ids.toReversed())
  })

  it('lists a thread with its title and without its items', async () => {
    const server = openServer()
    await server.create()
    const { json } = await server.request('threads.list', {})
    expect(threadPageSchema.parse(json).data).toMatchObject([
      { title: 'How long?', status: { type: 'active' }, items: { data: [], has_more: false } },
    ])
  })

  it('refuses to list the oldest first', async () => {
    const { status, json } = await openServer().request('threads.list', { order: 'asc' })
    expect([status, errorSchema.parse(json).message]).toEqual([
      400,
      'Cannot use params.order: threads can only be listed with the latest first',
    ])
  })
})

describe('items.list', () => {
  it('gives every item once, in every page size and both orders', async () => {
    const { server, threadId } = await openThread(4)
    const all = (await server.items(threadId)).map(({ id }) => id)
    expect(all).toHaveLength(8)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.constantFrom('asc', 'desc'), async (limit, order) => {
        const listed: string[] = []
        let after: string | undefined
        do {
          const params = { thread_id: threadId, limit, order, after: after ?? null }
          const page = itemPageSchema.parse((await server.request('items.list', params)).json)
          expect([page.data.length <= limit, page.has_more]).toEqual([true, page.after !== undefined])
          listed.push(...page.data.map(({ id }) => id))
          after = page.after
        } while (after !== undefined && listed.length <= all.length)
        expect(listed).toEqual(order === 'asc' ? all : all.toReversed())
      }),
      { numRuns: 20 },
    )
  })

  it('pages through a thread that is longer than its first load', async () => {
    const history = memoryHistoryStore()
    const server = openServer({ handler: { history } })
    await storeTurns(history, 130)
    const listed: string[] = []
    let after: string | undefined
    do {
      const params = { thread_id: 'long', limit: 100, after: after ?? null }
      const page = itemPageSchema.parse((await server.request('items.list', params)).json)
      listed.push(...page.data.map(({ id }) => id))
      after = page.after
    } while (after !== undefined && listed.length <= 130)
    expect(listed).toEqual(Array.from({ length: 130 }, (_, index) => `user_run-${129 - index}`))
    expect((await server.items('long'))[0]?.id).toBe('user_run-0')
  })

  it.each<readonly [string, string, object, number]>([
    ['a page of the oldest items', 'items.list', { order: 'asc' }, 1_000],
    ['an unknown position', 'items.list', { after: 'user_none' }, 1_000],
    ['a thread', 'threads.get_by_id', {}, 1_000],
    ['feedback on an unknown item', 'items.feedback', { item_ids: ['user_none'], kind: 'positive' }, 100],
  ])('loads a bounded number of turns for %s', async (_name, type, params, most) => {
    const { load, ...rest } = memoryHistoryStore()
    const limits: number[] = []
    const history: HistoryStore = {
      ...rest,
      load: (key, options) => {
        limits.push(options.limit)
        return load(key, options)
      },
    }
    const server = openServer({ handler: { history } })
    await storeTurns(history, 101)
    await server.request(type, { thread_id: 'long', ...params })
    expect(Math.max(...limits)).toBe(most)
    expect(limits.length).toBeLessThanOrEqual(3)
  })

  it('gives 20 items without a limit', async () => {
    const { server, threadId } = await openThread(11)
    for (const limit of [undefined, null, 0]) {
      const { json } = await server.request('items.list', { thread_id: threadId, limit })
      expect(itemPageSchema.parse(json)).toMatchObject({ has_more: true, data: { length: 20 } })
    }
  })

  it.each<readonly [string, object, number]>([
    ['an unknown thread', { thread_id: 'none' }, 404],
    ['an unknown item as its position', { after: 'user_none' }, 404],
    ['a negative limit', { limit: -1 }, 400],
    ['a limit that is no number', { limit: '5' }, 400],
    ['another order', { order: 'random' }, 400],
    ['an empty thread id', { thread_id: '' }, 400],
  ])('refuses %s', async (_name, params, wanted) => {
    const { server, threadId } = await openThread(1)
    const { status, json } = await server.request('items.list', { thread_id: threadId, ...params })
    expect([status, errorSchema.parse(json).type]).toEqual([wanted, 'error'])
  })

  it('does not show the thread of another user', async () => {
    const { server, threadId } = await openThread(1)
    for (const type of ['items.list', 'threads.get_by_id', 'threads.delete']) {
      const { status, json } = await server.request(type, { thread_id: threadId }, { as: 'bob' })
      expect([status, errorSchema.parse(json).message]).toEqual([404, publicMessage('not-found')])
    }
    expect(await server.items(threadId)).toHaveLength(2)
  })
})

describe('threads.get_by_id', () => {
  it('returns the thread with its oldest items', async () => {
    const { server, threadId } = await openThread(11)
    const { json } = await server.request('threads.get_by_id', { thread_id: threadId })
    const thread = threadSchema.parse(json)
    expect(thread).toMatchObject({ id: threadId, title: 'Question 1', items: { has_more: true } })
    expect(thread.items.data).toEqual((await server.items(threadId)).slice(0, 20))
  })

  it('returns a thread that stands behind a thousand others in the list, with its first question as the title', async () => {
    const history = memoryHistoryStore({ maxThreadsPerScope: 2_000 })
    await storeTurns(history, 2)
    for (let number = 0; number < 1_000; number += 1) {
      await history.beginTurn(newTurn(`other-${number}`, `t-${number}`), { signal: new AbortController().signal })
    }
    const server = openServer({ handler: { history } })
    const { json } = await server.request('threads.get_by_id', { thread_id: 'long' })
    expect(threadSchema.parse(json)).toMatchObject({ id: 'long', title: 'Question run-0' })
  })
})

describe('threads.update', () => {
  it('sets the title', async () => {
    const { server, threadId } = await openThread(1)
    const { json } = await server.request('threads.update', { thread_id: threadId, title: ' Sleep\nof cats ' })
    expect(threadSchema.parse(json).title).toBe('Sleep of cats')
    const list = await server.request('threads.list', {})
    expect(threadPageSchema.parse(list.json).data[0]?.title).toBe('Sleep of cats')
  })

  it.each([
    ['a blank title', { title: ' \u200b' }, 400],
    ['a title of another type', { title: 7 }, 400],
    ['an unknown thread', { thread_id: 'none', title: 'Cats' }, 404],
  ])('refuses %s', async (_name, params, wanted) => {
    const { server, threadId } = await openThread(1)
    const { status, json } = await server.request('threads.update', { thread_id: threadId, ...params })
    expect([status, errorSchema.parse(json).type]).toEqual([wanted, 'error'])
  })
})

describe('threads.delete', () => {
  it('deletes the thread', async () => {
    const { server, threadId } = await openThread(1)
    const { status, json } = await server.request('threads.delete', { thread_id: threadId })
    expect([status, json]).toEqual([200, {}])
    expect((await server.request('items.list', { thread_id: threadId })).status).toBe(404)
  })
})

describe('items.feedback', () => {
  async function openRated() {
    const notes: FeedbackNote[] = []
    const server = openServer({ handler: { onFeedback: (note) => void notes.push(note) } })
    const { threadId, events } = await server.create()
    const items = foldItems(events)
    const rate = (kind: string, itemIds: readonly (string | undefined)[] = [answerOf(items)?.id], as = 'ann') =>
      server.request('items.feedback', { thread_id: threadId, item_ids: itemIds, kind }, { as })
    return { server, threadId, notes, items, rate }
  }

  it('stores a rating of the answer, once for all items of a turn', async () => {
    const { notes, items, rate } = await openRated()
    const { status, json } = await rate(
      'positive',
      items.map(({ id }) => id),
    )
    expect([status, json, notes.map(({ rating }) => rating)]).toEqual([200, {}, ['up']])
    await rate('negative')
    expect(notes.map(({ rating }) => rating)).toEqual(['up', 'down'])
  })

  it('stores nothing for an unknown item, no item, another kind or another user', async () => {
    const { notes, items, rate } = await openRated()
    const answer = answerOf(items)?.id
    const statuses = [
      await rate('positive', [answer, 'answer_none']),
      await rate('positive', []),
      await rate('great'),
      await rate('positive', [answer], 'bob'),
    ].map(({ status }) => status)
    expect([statuses, notes]).toEqual([[404, 400, 400, 404], []])
  })

  it('asks the history as often for all items of a turn as for one', async () => {
    const asked: string[] = []
    const { find, load, ...rest } = memoryHistoryStore()
    const server = openServer({
      handler: {
        history: {
          ...rest,
          load: (...of) => {
            asked.push('load')
            return load(...of)
          },
          find: (...of) => {
            asked.push('find')
            return find?.(...of) ?? Promise.resolve(undefined)
          },
        },
      },
    })
    const { threadId, events } = await server.create()
    const ids = foldItems(events).map(({ id }) => id)
    const rate = async (itemIds: readonly string[]) => {
      asked.length = 0
      await server.request('items.feedback', { thread_id: threadId, item_ids: itemIds, kind: 'positive' })
      return [...asked]
    }
    expect(ids).toHaveLength(2)
    expect(await rate([...ids, ...ids])).toEqual(await rate(ids.slice(0, 1)))
  })

  it('finds an old answer of a history that cannot find a run', async () => {
    const { find: _, ...history } = memoryHistoryStore()
    const server = openServer({ handler: { history } })
    const { threadId, events } = await server.create()
    const params = { thread_id: threadId, item_ids: [answerOf(foldItems(events))?.id], kind: 'positive' }
    expect((await server.request('items.feedback', params)).status).toBe(200)
  })
})

function answerOf(items: readonly Item[]): Item | undefined {
  return items.find(({ type }) => type === 'assistant_message')
}

function newTurn(runId: string, threadId: string) {
  return { scope: 'ann', threadId, runId, messageId: `m-${runId}`, question: `Question ${runId}` }
}

/** Stores turns without an answer in the thread `long`. */
async function storeTurns(history: HistoryStore, turns: number): Promise<void> {
  for (let number = 0; number < turns; number += 1) {
    await history.beginTurn(newTurn(`run-${number}`, 'long'), { signal: new AbortController().signal })
  }
}
