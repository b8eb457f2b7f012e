import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, type ChatEvent } from '../../../src/index.ts'
import { readSse } from '../../../src/sse.ts'
import { createGate, faults, step, type FaultBehaviour } from '../../../src/testing.ts'
import { resultOf } from '../../core/conversation.ts'
import { collect } from '../../support/bytes.ts'
import { runIdOf, serveChat, THREAD } from './served-chat.ts'
import { describeEachHistory } from './stores.ts'

const GOOD = 'They sleep 16 hours [1].'

/** Regenerations that fail, by the behaviour of the model. */
const FAILURES: readonly (readonly [string, FaultBehaviour])[] = [
  ['no text at all', faults.answer([])],
  ['blank text', faults.answer([' ', '\n'])],
  ['no text, at its limit', faults.answer([], { finishReason: 'length' })],
  ['an unknown finish reason', faults.answer('Bad.', { finishReason: 'exploded' })],
  ['an error in its stream', faults.errorInStream({ deltas: ['Ba'] })],
  ['no end', faults.incomplete({ deltas: ['Ba'] })],
  ['a refusal of the server', faults.unavailable(503)],
]

describeEachHistory((open) => {
  it.each(FAILURES)('A5, R4: keeps a good turn when its regeneration ends with %s', async (_end, behaviour) => {
    await using store = await open()
    await using chat = await serveChat(store)
    const [first, other, second, bad, again] = [1, 2, 3, 4, 5].map(runIdOf) as [string, string, string, string, string]
    await chat.ask({ question: 'Why?', runId: first }, faults.answer(GOOD))
    await chat.ask({ question: 'And dogs?', runId: other }, faults.answer('Less [1].'))
    await chat.ask({ question: 'Why?', runId: second, replaces: first }, faults.answer('Good, too [1].'))
    const before = await chat.turns()
    expect(before.map(({ runId }) => runId)).toEqual([second, other])

    chat.upstream.use(behaviour)
    await chat.post({ question: 'Why?', runId: bad, replaces: second }).then((response) => response.text())
    const after = await chat.turns()
    expect(after.slice(0, 2)).toEqual(before)
    // A run that failed before it did anything may be stored without a result.
    expect(after.slice(2)).toMatchObject([{ runId: bad, question: 'Why?', replaces: second }])

    // A retry of the failed attempt replaces the good turn, and the thread has the same length as before.
    await chat.ask({ question: 'Why?', runId: again, replaces: bad }, faults.answer('New [1].'))
    expect((await chat.turns()).map(({ runId }) => runId)).toEqual([again, other])
  })

  it('A5, R4: keeps a good turn when its regeneration is stopped or finds nothing', async () => {
    await using store = await open()
    const retriever = {
      retrieve: async (query: string) =>
        query.includes('nothing') ? [] : [{ chunk: { documentId: 'd', chunkId: 'c', text: 'Cats sleep.' } }],
    }
    await using chat = await serveChat({ ...store, retriever })
    await chat.ask({ question: 'Why?', runId: runIdOf(1) }, faults.answer(GOOD))
    chat.upstream.use(faults.stall({ deltas: ['Ba'] }))
    const { body } = await chat.post({ question: 'Why?', runId: runIdOf(2), replaces: runIdOf(1) })
    const events = readSse(body ?? expect.fail('There is no body'))
    for await (const event of events) if (event.type === 'token') await chat.stop(runIdOf(2))
    await chat.ask({ question: 'Find nothing', runId: runIdOf(3), replaces: runIdOf(1) }, faults.answer('x'))
    const turns = await chat.turns()
    expect(turns.map(({ runId, result }) => [runId, result?.finishReason])).toEqual([
      [runIdOf(1), 'stop'],
      [runIdOf(2), 'abort'],
      [runIdOf(3), 'no-evidence'],
    ])
  })

  it('A5: sends a question to the model once, although an attempt at it has failed', async () => {
    await using store = await open()
    await using chat = await serveChat(store)
    await chat.ask({ question: 'First?', runId: runIdOf(1) }, faults.answer('Good.'))
    await chat.ask(
      { question: 'First?', runId: runIdOf(2), replaces: runIdOf(1) },
      faults.errorInStream({ deltas: ['Ba'] }),
    )
    await chat.ask({ question: 'Next?', runId: runIdOf(3) }, faults.answer('Good.'))
    await chat.ask({ question: 'First?', runId: runIdOf(4), replaces: runIdOf(2) }, faults.answer('Better.'))
    const asked = chat.upstream.hits.map(({ body }) => questionsOf(body))
    expect(asked.slice(2)).toEqual([['First?', 'Next?'], ['First?']])
  })

  it('C6: reports an error to the second of two runs with one id, never an end that a reload contradicts', async () => {
    await using store = await open()
    // Two servers that do not know each other's runs, as after the loss of a run store.
    await using one = await serveChat(store)
    await using two = await serveChat({ history: store.reopen() })
    const gate = createGate()
    one.upstream.use(faults.sequence('One', step.gate(gate), '.', step.finish(), step.done()))
    const asked = { question: 'Why?', runId: runIdOf(1) }
    const loser = one.post(asked).then(eventsOf)
    await gate.reached()
    const won = resultOf(await two.ask(asked, faults.answer('Two.')))
    gate.open()
    const lost = (await loser).at(-1)
    expect(won).toMatchObject({ answer: 'Two.', saved: true })
    expect(lost).toMatchObject({ type: 'error', code: 'store-conflict', partial: { answer: 'One.', saved: false } })
    expect((await one.turns()).map(({ result }) => result)).toEqual([won])
  })

  it('C6: reports the same end to two runs with one id when their results are equal', async () => {
    await using store = await open()
    await using one = await serveChat(store)
    await using two = await serveChat({ history: store.reopen() })
    const gate = createGate()
    one.upstream.use(faults.sequence('Same.', step.gate(gate), step.finish(), step.done()))
    const asked = { question: 'Why?', runId: runIdOf(1) }
    const other = one.post(asked).then(eventsOf)
    await gate.reached()
    const first = resultOf(await two.ask(asked, faults.answer(['Same.'])))
    gate.open()
    expect(resultOf(await other)).toEqual(first)
    expect((await one.turns()).map(({ result }) => result)).toEqual([first])
  })

  it('C10: answers an old run from the history, 52 turns later, without calling the model', async () => {
    await using store = await open()
    await using chat = await serveChat(store)
    const asked = { question: 'The first?', runId: runIdOf(0) }
    const first = resultOf(await chat.ask(asked, faults.answer(GOOD)))
    for (let turn = 1; turn <= 52; turn += 1) {
      const options = { signal: new AbortController().signal }
      const key = { scope: 'ann', threadId: THREAD, runId: runIdOf(turn) }
      await store.history.beginTurn({ ...key, messageId: 'm', question: 'Next?' }, options)
      await store.history.finishTurn({ ...key, result: first }, options)
    }
    // Another server, whose run store does not contain the first run.
    await using later = await serveChat({ history: store.reopen() })
    expect(resultOf(await later.ask(asked, faults.answer('Paid again.')))).toEqual(first)
    expect(later.upstream.hits).toEqual([])
  })
})

describeEachHistory((open) => {
  it('R25, R26, R27: shows a title and feedback to another server, and finds the thread', async () => {
    await using store = await open()
    await using one = await serveChat(store)
    await using two = await serveChat({ history: store.reopen() })
    await one.ask({ question: 'Why?', runId: runIdOf(1) }, faults.answer(GOOD))
    expect(await two.turns()).toMatchObject([{ runId: runIdOf(1) }])
    const feedback = { rating: 'down', comment: 'It is 12.\n猫 😀 "%_\\' }
    const path = `/runs/${runIdOf(1)}/feedback`
    expect(await one.change('PUT', path, feedback)).toEqual([200, feedback])
    expect(await two.turns()).toMatchObject([{ runId: runIdOf(1), feedback }])
    expect(await two.change('PATCH', `/threads/${THREAD}`, { title: 'Straße 😀' })).toMatchObject([200, {}])
    const [, page] = await one.change('GET', `/threads?search=${encodeURIComponent('STRASSE 😀')}`)
    expect(page).toMatchObject({ threads: [{ threadId: THREAD, title: 'Straße 😀' }] })
    await two.ask({ question: 'Why?', runId: runIdOf(2), replaces: runIdOf(1) }, faults.answer(GOOD))
    const [turn, ...others] = await one.turns()
    expect([turn?.runId, turn?.feedback, others]).toEqual([runIdOf(2), undefined, []])
    expect(await one.change('PUT', path, feedback)).toMatchObject([404, { code: 'not-found' }])
  })
})

describe('memoryHistoryStore over HTTP', () => {
  it('C9: keeps the thread of an active answer during requests of another tenant', async () => {
    const history = memoryHistoryStore({ maxThreads: 20 })
    await using chat = await serveChat({ history })
    const gate = createGate()
    chat.upstream.use(faults.sequence('Slow', step.gate(gate), '.', step.finish(), step.done()))
    const running = chat.post({ question: 'Why?', runId: runIdOf(0) }).then(eventsOf)
    await gate.reached()
    for (let run = 1; run <= 30; run += 1) {
      const other = { question: 'Spam?', runId: runIdOf(run), threadId: `t${run}`, as: 'bob' }
      await chat.ask(other, faults.answer('No.'))
    }
    gate.open()
    const result = resultOf(await running)
    expect(result).toMatchObject({ finishReason: 'stop', answer: 'Slow.', saved: true })
    expect((await chat.turns()).map((turn) => turn.result)).toEqual([result])
  })

  it('C10: loads the whole thread to find an old run when the store has no lookup by run', async () => {
    const { find: _find, ...history } = memoryHistoryStore()
    await using chat = await serveChat({ history })
    const asked = { question: 'The first?', runId: runIdOf(0) }
    const first = resultOf(await chat.ask(asked, faults.answer(GOOD)))
    for (let turn = 1; turn <= 52; turn += 1) {
      await chat.ask({ question: 'Next?', runId: runIdOf(turn) }, faults.answer('Yes.'))
    }
    await using later = await serveChat({ history })
    expect(resultOf(await later.ask(asked, faults.answer('Paid again.')))).toEqual(first)
    expect(later.upstream.hits).toEqual([])
  })
})

async function eventsOf({ body }: Response): Promise<readonly ChatEvent[]> {
  return collect(readSse(body ?? expect.fail('There is no body')))
}

/** The questions in the prompt of a request. */
function questionsOf(body: unknown): readonly string[] {
  const { messages } = body as { readonly messages: readonly { readonly role: string; readonly content: string }[] }
  return messages.filter(({ role }) => role === 'user').map(({ content }) => content)
}
