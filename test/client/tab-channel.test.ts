import { afterEach, describe, expect, it, vi } from 'vitest'
import { createChatStore, createThreadList } from '../../src/client.ts'
import { openChat } from './support/open-chat.ts'

afterEach(() => void vi.unstubAllGlobals())

class Refused {
  constructor() {
    throw new DOMException('The page has no storage', 'SecurityError')
  }
}

describe('a page whose browser', () => {
  it.each([
    ['has no BroadcastChannel', undefined],
    ['refuses a BroadcastChannel', Refused],
  ])('%s shows its conversation and its list', async (_, BroadcastChannel) => {
    await using chat = await openChat()
    vi.stubGlobal('document', {})
    vi.stubGlobal('BroadcastChannel', BroadcastChannel)
    const store = createChatStore({ url: chat.url })
    const threads = createThreadList(store)
    const ends = [store.subscribe(() => {}), threads.subscribe(() => {})]
    await store.send('How long do cats sleep?')
    await threads.load()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done' }])
    expect(threads.getSnapshot().threads).toHaveLength(1)
    for (const end of ends) end()
  })
})
