import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES, memoryHistoryStore, type ChatEvent } from '../../src/index.ts'
import { WARNING_CODES } from '../../src/core/vocabulary/warnings.ts'
import { memoryRunStore } from '../../src/server.ts'
import { createGate, fakeRetriever, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { stagedRunStore } from '../support/staged-run-store.ts'
import { FINISH, openBench, readEvents, secretError } from './support/bench.ts'

const RUN_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'
const OTHER_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a002'
const JSON_ONLY = { headers: { accept: 'application/json' } }
const PROTOCOL = readFileSync('docs/protocol.md', 'utf8')

describe('a result', () => {
  it('E4: of a failed run has the code and the message of its error event, in the stream and after a reload', async () => {
    const bench = openBench({ model: scriptedChatModel(['They sl', { error: secretError() }]) })
    const end = (await (await bench.ask({ question: 'How long?', threadId: 'cats' })).events()).at(-1)
    if (end?.type !== 'error') return expect.fail(`${end?.type} ended the run`)
    const error = { code: end.code, message: end.message }
    expect(end.partial).toMatchObject({ finishReason: 'error', error })
    expect((await bench.send('GET', '/threads/cats')).json).toMatchObject({ turns: [{ result: { error } }] })
  })

  it.each([
    [
      'a sentence in the script of its source',
      'Cats sleep 16 hours a day [1].',
      ['claim', 'passage', 'reasons', 'support'],
    ],
    ['a sentence in another script', '猫每天睡十六个小时 [1]。', []],
  ])('E5: contains for %s the output of the check, or none of it', async (_name, answer, given) => {
    const bench = openBench({ model: scriptedChatModel([answer, FINISH]) })
    const events = await (await bench.ask({ question: 'How long?' })).events()
    const end = events.at(-1)
    if (end?.type !== 'done') return expect.fail(`${end?.type} ended the run`)
    const [citation] = events.flatMap((event) => (event.type === 'citation' ? [event.citation] : []))
    const [cited] = end.citations
    expect(cited).toMatchObject(citation ?? {})
    const keys = Object.keys(cited ?? {}).filter((key) => !Object.hasOwn(citation ?? {}, key))
    expect(keys.toSorted()).toEqual(given)
    const passage = end.sources[0]?.text.slice(cited?.passage?.start, cited?.passage?.end)
    if (given.length > 0) expect(passage).toBe('Cats sleep 16 hours a day.')
    expect(events.filter(({ type }) => type === 'support')).toHaveLength(given.length === 0 ? 0 : 1)
  })
})

describe('the lists of codes', () => {
  it('E6: of errors equals the table in docs/errors.md, in the same order', () => {
    const headings = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^## ([a-z-]+)$/gmu)].map(([, code]) => code)
    expect(headings).toEqual(ERROR_CODES)
  })

  it('E6: of warnings equals the list in docs/protocol.md', () => {
    const [rule = ''] = /Warning codes are [^.]+/u.exec(PROTOCOL) ?? []
    const named = [...rule.matchAll(/`([a-z-]+)`/gu)].map(([, code = '']) => code)
    expect(named.toSorted()).toEqual(WARNING_CODES.toSorted())
  })
})

describe('a source', () => {
  it('E9: has a title, a section, a URL and metadata of limited length', async () => {
    const url = `https://a.example/${'x'.repeat(4_096 - 'https://a.example/'.length)}`
    const section = [...Array.from({ length: 10 }, (_, index) => `h${index + 1}`), 'x'.repeat(201)]
    const metadata = { kept: 'x'.repeat(16_384 - 'kept'.length - 2), left: 'out' }
    const chunk = {
      chunkId: 'c',
      documentId: 'd',
      text: 'Cats sleep.',
      title: 't'.repeat(1_001),
      section,
      url,
      metadata,
    }
    const shown = [...Array.from({ length: 9 }, (_, index) => `h${index + 2}`), `${'x'.repeat(199)}…`]
    const longer = { ...chunk, chunkId: 'longer', text: 'Cats sleep long.', url: `${url}x` }
    const bench = openBench({
      answering: { retriever: fakeRetriever([{ chunk }, { chunk: longer }]), sourceMetadata: ['kept', 'left'] },
    })
    const { json } = await bench.ask({ question: 'How long?' }, JSON_ONLY)
    const title = `${'t'.repeat(999)}…`
    expect(json['sources']).toMatchObject([
      { title, section: shown, url, metadata: { kept: metadata.kept } },
      { title },
    ])
    expect(JSON.stringify(json['sources'])).not.toContain('"left"')
    expect(JSON.stringify(json['sources'])).not.toContain(`${url}x`)
    expect(json['warnings']).toMatchObject([{ code: 'source-url-dropped' }])
  })
})

describe('a request with the id of a retained run', () => {
  it('R7: gets the error of a failed run again, for any other fields, until it has a new id', async () => {
    const bench = openBench({ model: scriptedChatModel(['They sl', { error: secretError() }]) })
    const first = await (await bench.ask({ question: 'How long?', threadId: 'cats', runId: RUN_ID })).events()
    const again = await (await bench.ask({ question: 'Why?', threadId: 'dogs', runId: RUN_ID })).events()
    expect(again).toEqual(first)
    expect(bench.model.calls).toHaveLength(1)
    await bench.ask({ question: 'How long?', threadId: 'dogs', runId: OTHER_ID })
    expect(bench.model.calls).toHaveLength(2)
  })

  it('R7: has the run id as its thread id when it names no thread', async () => {
    const bench = openBench()
    await bench.ask({ question: 'How long?', runId: RUN_ID })
    expect((await bench.send('GET', `/threads/${RUN_ID}`)).json).toMatchObject({ turns: [{ runId: RUN_ID }] })
  })
})

describe('a rejection', () => {
  it.each([
    ['POST', '/chat', 400, 'body', '{'],
    ['POST', '/chat', 400, 'question', { question: '' }],
    ['GET', '/chat', 405, 'method', undefined],
    ['GET', '/threads/%zz', 400, 'path', undefined],
    ['GET', '/threads?limit=0', 400, 'limit', undefined],
    ['GET', '/threads?before=', 400, 'before', undefined],
    ['GET', '/threads?search=', 400, 'search', undefined],
    ['PATCH', '/threads/a', 400, 'title', { title: '' }],
    ['PUT', '/runs/a/feedback', 400, 'rating', { rating: 'good' }],
    ['GET', '/runs/a%00/events', 400, 'runId', undefined],
    ['GET', '/threads/a%00', 400, 'threadId', undefined],
    ['GET', '/runs/a/events?after=x', 400, 'after', undefined],
  ])('R11: of %s %s is %d and names %s', async (method, path, status, field, body) => {
    const sent = await openBench().send(method, path, { body })
    expect([sent.status, sent.error.field, sent.error.code]).toEqual([status, field, 'invalid-input'])
    expect(sent.error.message).not.toBe('')
    const known = ['code', 'message', 'retryable', 'retryAfterMs', 'field', 'issues', 'runId', 'messageId', 'threadId']
    expect(Object.keys(sent.json).filter((key) => !known.includes(key))).toEqual([])
    expect(sent.headers.get('cache-control')).toBe('no-store')
  })
})

describe('the event id in a stream', () => {
  it('R16: stays behind the sent events until the store has saved them', async () => {
    const clock = manualClock()
    const store = stagedRunStore({ clock, store: memoryRunStore({ clock }) })
    const [append, more] = [createGate(), createGate()]
    store.stage('append', append)
    const model = scriptedChatModel(['They', { gate: more }, ' sleep', FINISH])
    const bench = openBench({ model, store: { store, clock } })
    const { response } = await bench.open('POST', '/chat', { body: { question: 'How long?', runId: RUN_ID } })
    const body = response.body?.pipeThrough(new TextDecoderStream()).getReader() ?? expect.fail('There is no body')
    let text = ''
    const readTo = async (part: string): Promise<void> => {
      while (!text.includes(part)) {
        const { done, value } = await body.read()
        if (done) return expect.fail(`The stream ended without ${part}`)
        text += value
      }
    }
    await readTo('"They"')
    await clock.advance(1_000)
    // Events were sent, and none of them is saved yet.
    expect(text).not.toMatch(/^id: \d/mu)
    append.open()
    more.open()
    await readTo('event: done')
    const ids = [...text.matchAll(/^id: (\d+)$/gmu)].map(([, id]) => Number(id))
    expect(ids).toEqual(ids.toSorted((one, other) => one - other))
    await body.cancel()
  })

  it('R16: is that of the last event when all are saved', async () => {
    const bench = openBench()
    await bench.ask({ question: 'How long?', runId: RUN_ID })
    const { text } = await bench.send('GET', `/runs/${RUN_ID}/events`)
    const events = [...text.matchAll(/^data: (.+)$/gmu)].map(([, json = '']) => JSON.parse(json) as ChatEvent)
    const [id] = [...text.matchAll(/^id: (\d+)$/gmu)].map(([, id]) => Number(id)).slice(-1)
    expect(id).toBe(events.at(-1)?.seq)
  })
})

describe('a list', () => {
  it('R21: GET /runs contains the active runs of the scope, the latest first', async () => {
    const clock = manualClock()
    const gate = createGate()
    const model = scriptedChatModel(['They sleep', { gate }, FINISH])
    const bench = openBench({ model, store: { store: memoryRunStore({ clock }), clock } })
    const asked = []
    for (const [threadId, as] of [['one', 'alice'] as const, ['two', 'alice'] as const, ['of bob', 'bob'] as const]) {
      const { response } = await bench.open('POST', '/chat', { body: { question: 'How long?', threadId }, as })
      const events = readEvents(response)
      await events.next()
      asked.push(events)
      await clock.advance(1_000)
    }
    const { json } = await bench.send('GET', '/runs')
    expect(json['runs']).toMatchObject([{ threadId: 'two' }, { threadId: 'one' }])
    gate.open()
    for (const events of asked) await events.return?.()
  })

  it('R23: GET /threads/{threadId} contains the oldest turn first, and no result for an active run', async () => {
    const gate = createGate()
    const history = memoryHistoryStore()
    const bench = openBench({ history, model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    gate.open()
    await bench.ask({ question: 'One?', threadId: 'cats' })
    const running = createGate()
    const next = openBench({ history, model: scriptedChatModel(['They sleep', { gate: running }, FINISH]) })
    const asked = next.ask({ question: 'Two?', threadId: 'cats' })
    await running.reached()
    const { json } = await next.send('GET', '/threads/cats')
    expect(json['turns']).toMatchObject([{ question: 'One?', result: { finishReason: 'stop' } }, { question: 'Two?' }])
    expect(Object(json['turns'])[1]).not.toHaveProperty('result')
    running.open()
    await asked
  })
})
