import { once } from 'node:events'
import { EventSource } from 'undici'
import { describe, expect, it } from 'vitest'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { toBytes } from '../support/bytes.ts'
import { eventually } from '../support/eventually.ts'
import { parseEventStream } from '../support/parse-event-stream.ts'
import { MOUNTS } from './support/mounts.ts'
import { openApp } from './support/open-app.ts'

const WORDS = Array.from({ length: 20 }, (_, index) => `word-${index} `)

/** Runs that outlive their readers, with events saved at once. */
const RUNS = { onDisconnect: 'continue', flushMs: 1 } as const

describe.each(MOUNTS)('$name', (mount) => {
  it('F29, R14: continues after the last event that the client has, without a gap', async () => {
    const gate = createGate()
    const model = scriptedChatModel([...WORDS.slice(0, 10), { gate }, ...WORDS.slice(10), { type: 'finish' }])
    await using app = await openApp(mount, { handler: { model }, runs: RUNS })
    const runId = crypto.randomUUID()
    const first = await app.ask({ body: { question: 'Why?', runId } })
    await first.waitFor('word-9')
    first.destroy()
    const seen = eventsIn(first.text)
    const last = seen.at(-1)?.seq ?? -1

    using second = await app.open(`/runs/${runId}/events`, { 'last-event-id': String(last) })
    expect((await second.head()).headers.get('content-encoding')).toBeNull()
    gate.open()
    expect(await second.ended()).toBe('complete')
    const rest = eventsIn(second.text)
    const all = [...seen, ...rest]
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index))
    expect(all.at(-1)).toMatchObject({ type: 'done', answer: WORDS.join('') })
    expect(model.calls).toHaveLength(1)

    const end = { method: 'GET', path: `/runs/${runId}/events?after=${all.length - 1}` } as const
    await eventually(() => expect(app.active).toBe(0))
    expect((await app.send(end)).status).toBe(204)
    expect((await app.send({ ...end, headers: { cookie: 'session=bob' } })).status).toBe(410)
    expect((await app.send({ ...end, path: '/runs/none/events' })).status).toBe(410)
  })

  it('F31: answers the same question once, even if it is sent repeatedly', async () => {
    const model = scriptedChatModel(['Hello', { type: 'finish' }])
    await using app = await openApp(mount, { handler: { model } })
    const body = JSON.stringify({ question: 'Why?', runId: crypto.randomUUID() })
    const answers = [await app.send({ body }), await app.send({ body }), await app.send({ body })]
    for (const { status, text } of answers) {
      expect([status, eventsIn(text).at(-1)?.type]).toEqual([200, 'done'])
    }
    expect(model.calls).toHaveLength(1)
  })
})

describe.each(MOUNTS.filter(({ http2 }) => !http2))('an EventSource on $name', (mount) => {
  it('F29: reconnects by itself when the connection breaks, and stops at the end', async () => {
    const gate = createGate()
    const model = scriptedChatModel([...WORDS.slice(0, 10), { gate }, ...WORDS.slice(10), { type: 'finish' }])
    await using app = await openApp(mount, {
      plugins: ['compress', 'cors'],
      handler: { model, scope: () => 'ann' },
      runs: RUNS,
    })
    const { runId } = Object(await app.sendJson({ path: '/runs', body: '{"question":"Why?"}' }))
    const url = `http://127.0.0.1:${app.server.port}/api/runs/${runId}/events`
    const page = new EventSource(url, { node: { reconnectionTime: 10 } })
    const seqs = new Set<number>()
    let answer = ''
    page.addEventListener('token', (event) => {
      if (!('data' in event)) return
      const { seq, delta } = JSON.parse(String(event.data))
      if (!seqs.has(seq)) answer += delta
      seqs.add(seq)
    })
    await eventually(() => expect(answer).toContain('word-9'))
    app.server.breakConnections()
    await once(page, 'open')
    gate.open()
    const [end] = await once(page, 'done')
    expect(answer).toBe(WORDS.join(''))
    expect(JSON.parse(end.data)).toMatchObject({ type: 'done', answer })
    // It reconnects after the end too, because it treats an end as a broken connection; 204 stops it.
    await eventually(() => expect(page.readyState).toBe(EventSource.CLOSED))
    expect(model.calls).toHaveLength(1)
  })
})

function eventsIn(text: string): readonly { readonly seq: number; readonly type: string }[] {
  // An incomplete event is not counted.
  const whole = text.slice(0, text.lastIndexOf('\n\n') + 2)
  return parseEventStream(toBytes(whole)).map(({ data }) => JSON.parse(data))
}
