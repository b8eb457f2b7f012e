import { once } from 'node:events'
import { EventSource } from 'undici'
import { describe, expect, it } from 'vitest'
import { scriptedChatModel } from '../../src/testing.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { createRuns } from './support/runs.ts'
import { SERVERS, type ChatServer } from './support/servers.ts'

describe.each(SERVERS.filter(({ http2 }) => !http2))('an EventSource on $name', (kind) => {
  it('T1, T2, T6: receives each event under its name, including the end', async () => {
    const deltas = ['one\r\n', 'two\r', ' \n\n', 'smile \uD83D', '\uDE00']
    const runs = createRuns({ model: scriptedChatModel([...deltas, { type: 'finish' }]) })
    await using server = await kind.start({ answer: runs.answer })
    const page = openEventSource(server)
    let answer = ''
    page.addEventListener('token', (event) => {
      if ('data' in event) answer += JSON.parse(String(event.data)).delta
    })
    const [end] = await once(page, 'done')
    page.close()
    expect(answer).toBe('one\r\ntwo\r \n\nsmile 😀')
    expect(JSON.parse(end.data)).toMatchObject({ type: 'done', answer })
  })

  it('S3: receives a failure as an event, not as a broken connection', async () => {
    const source = drivenStream()
    source.fail(new Error('secret'))
    await using server = await kind.start({ answer: () => source })
    const page = openEventSource(server)
    let broken = false
    page.addEventListener('error', () => {
      broken = true
    })
    const [failure] = await once(page, 'chat-error')
    page.close()
    expect(JSON.parse(failure.data)).toMatchObject({ type: 'error', code: 'internal' })
    expect(broken).toBe(false)
  })
})

function openEventSource({ port }: ChatServer): EventSource {
  return new EventSource(`http://127.0.0.1:${port}/chat?question=Why`)
}
