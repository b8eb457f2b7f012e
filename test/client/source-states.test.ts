import { expect, it } from 'vitest'
import { createChatStore } from '../../src/client.ts'
import type { SourceState } from '../../src/index.ts'
import { openChat } from './support/open-chat.ts'

it('a loaded turn has the state of each source, and stays the same object while the states are equal', async () => {
  let state: SourceState = 'same'
  await using chat = await openChat({ checkSources: async (sources) => sources.map(() => state) })
  const store = createChatStore({ url: chat.url })
  await store.send('How long do cats sleep?')
  const { threadId, turns } = store.getSnapshot()
  // The answer was read as it came, and nothing has been compared yet.
  expect(turns[0]?.sourceStates).toBeUndefined()

  const page = createChatStore({ url: chat.url })
  await page.open(threadId)
  const count = turns[0]?.result.sources.length ?? 0
  expect(count).toBeGreaterThan(0)
  expect(page.getSnapshot().turns[0]?.sourceStates).toEqual(Array(count).fill('same'))

  state = 'changed'
  await page.refresh()
  const [changed] = page.getSnapshot().turns
  expect(changed?.sourceStates).toEqual(Array(count).fill('changed'))
  await page.refresh()
  expect(page.getSnapshot().turns[0]).toBe(changed)
})
