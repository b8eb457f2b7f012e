import { readdirSync, readFileSync } from 'node:fs'
import type { ChatKitIcon, ChatKitOptions, OpenAIChatKit, UserMessageContent } from '@openai/chatkit'
import type { useChatKit } from '@openai/chatkit-react'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { chatkit } from '../../src/chatkit.ts'
import { parseStream } from '../dialects/chatkit/support/wire.ts'
import { ask } from './support/played-model.ts'
import { serveChat } from './support/serve-chat.ts'

const PACKAGES = new URL('node_modules/@openai/', import.meta.url)

describe('the packages of ChatKit', () => {
  it('have no component, which a page loads from the CDN of OpenAI, so it cannot run in these tests', () => {
    const files = readdirSync(new URL('chatkit/', PACKAGES), { recursive: true, encoding: 'utf8' })
    expect(files.filter((file) => /\.[cm]?js$/u.test(file))).toEqual([])
    expect(files.filter((file) => file.endsWith('.d.ts'))).not.toEqual([])
    const hook = readFileSync(new URL('chatkit-react/dist/index.js', PACKAGES), 'utf8')
    expect(hook).toContain('openai-chatkit')
    expect(hook).not.toContain('customElements.define')
  })

  it('have a type of options that takes the URL of our server', () => {
    const options = {
      api: { url: '/api/chatkit', domainKey: 'local-dev', fetch: (url, init) => fetch(url, init) },
      history: { enabled: true, showDelete: true, showRename: true },
      threadItemActions: { feedback: true, retry: true },
    } satisfies ChatKitOptions
    expectTypeOf(options).toExtend<Parameters<OpenAIChatKit['setOptions']>[0]>()
    expectTypeOf(options).toExtend<Parameters<typeof useChatKit>[0]>()
  })

  it('have a type of icons with those that we send', () => {
    expectTypeOf<'analytics' | 'info' | 'lightbulb' | 'search' | 'write'>().toExtend<ChatKitIcon>()
  })
})

describe('a message as the component types it', () => {
  const input = (content: readonly UserMessageContent[]) => ({ content, attachments: [], inference_options: {} })

  it('is answered if it is text', async () => {
    await using chat = await serveChat({ dialects: [chatkit()] })
    const response = await send(chat.url, input([{ type: 'input_text', text: ask() }]))
    const events = parseStream(await response.text())
    const [answer] = events.flatMap((event) => (event.type === 'thread.item.done' ? [event.item] : [])).slice(-1)
    const text = 'Cats sleep 16 hours a day. 猫 😺 Dogs sleep 12 hours a day.'
    expect(answer).toMatchObject({
      content: [
        {
          text,
          annotations: [
            { index: text.indexOf('.'), source: { type: 'url', url: 'https://pets.example/cats', title: 'Cats' } },
            { index: text.length - 1, source: { type: 'file', filename: 'dogs', title: 'Dogs' } },
          ],
        },
      ],
    })
  })

  it('is refused if it has a tag, and no model is asked', async () => {
    await using chat = await serveChat({ dialects: [chatkit()] })
    const response = await send(chat.url, input([{ type: 'input_tag', text: 'Tom', id: 'cat-1' }]))
    expect([response.status, chat.modelCalls]).toEqual([400, 0])
  })
})

function send(url: string, input: object): Promise<Response> {
  return fetch(`${url}/chatkit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'threads.create', params: { input } }),
  })
}
