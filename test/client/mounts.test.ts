import { describe, expect, it } from 'vitest'
import { createChatClient } from '../../src/client.ts'
import { MOUNTS } from '../frameworks/support/mounts.ts'
import { openApp } from '../frameworks/support/open-app.ts'

// `fetch` uses HTTP/1.1 without TLS.
describe.each(MOUNTS.filter(({ http2 }) => !http2))('$name', (mount) => {
  it('takes every request of the client', async () => {
    await using app = await openApp(mount, { plugins: [] })
    const client = createChatClient({ url: `http://127.0.0.1:${app.server.port}/api` })
    const run = client.ask({ question: 'Why?', threadId: 't' })
    const types: string[] = []
    for await (const { type } of run) types.push(type)
    expect(types.at(-1)).toBe('done')

    const { runId } = run
    expect(await client.stop(runId)).toMatchObject({ outcome: 'already-ended' })
    expect(await client.runs()).toEqual([])
    await client.rate(runId, { rating: 'up' })
    expect(await client.turns('t')).toMatchObject([{ runId, feedback: { rating: 'up' } }])
    await client.rate(runId, undefined)
    expect((await client.turns('t'))[0]?.feedback).toBeUndefined()
    await client.rename('t', 'A title')
    expect(await client.threads({ search: 'title' })).toMatchObject({ threads: [{ threadId: 't' }] })
    await client.remove('t')
    expect(await client.threads()).toEqual({ threads: [] })
    expect(app.errors).toEqual([])
  })
})
