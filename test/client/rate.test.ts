import { expect, it } from 'vitest'
import { createChatStore } from '../../src/client.ts'
import { openChat } from './support/open-chat.ts'

it('rate shows the feedback, stores it with the turn, and takes it back', async () => {
  await using chat = await openChat()
  const store = createChatStore({ url: chat.url })
  await store.send('How long do cats sleep?')
  const { threadId, turns } = store.getSnapshot()
  const runId = turns[0]?.runId ?? ''
  await store.rate(runId, { rating: 'down', comment: 'Too short' })
  expect(store.getSnapshot().turns).toMatchObject([{ feedback: { rating: 'down', comment: 'Too short' } }])
  expect(store.getSnapshot().turns[0]?.result).toBe(turns[0]?.result)

  const page = createChatStore({ url: chat.url })
  await page.open(threadId)
  expect(page.getSnapshot().turns[0]?.feedback).toMatchObject({ rating: 'down', comment: 'Too short' })
  await page.rate(runId, undefined)
  expect(page.getSnapshot().turns[0]?.feedback).toBeUndefined()
  expect((await page.client.turns(threadId ?? ''))[0]?.feedback).toBeUndefined()
})

it('rate rejects, and changes nothing, if the server does not store it', async () => {
  await using chat = await openChat({ history: undefined })
  const store = createChatStore({ url: chat.url })
  await store.send('How long do cats sleep?')
  const before = store.getSnapshot()
  await expect(store.rate(before.turns[0]?.runId ?? '', { rating: 'up' })).rejects.toMatchObject({
    name: 'ChatClientError',
    code: 'not-found',
  })
  expect(store.getSnapshot()).toBe(before)
})

it('refresh shows the feedback that another page has given, and keeps a turn whose feedback is equal', async () => {
  await using chat = await openChat()
  const store = createChatStore({ url: chat.url })
  await store.send('How long do cats sleep?')
  const { threadId, turns } = store.getSnapshot()
  const page = createChatStore({ url: chat.url })
  await page.open(threadId)
  await page.rate(turns[0]?.runId ?? '', { rating: 'down', comment: 'Too short' })
  await store.refresh()
  const [rated] = store.getSnapshot().turns
  expect(rated).toMatchObject({ feedback: { rating: 'down', comment: 'Too short' } })
  await store.refresh()
  expect(store.getSnapshot().turns[0]).toBe(rated)
})
