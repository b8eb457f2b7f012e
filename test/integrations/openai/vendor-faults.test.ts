import { describe, expect, it } from 'vitest'
import type { ChatModel, ChatModelEvent, ChatModelRequest, StageReport } from '../../../src/index.ts'
import { openaiChatModel } from '../../../src/openai.ts'
import {
  createFaultServer,
  createGate,
  faults,
  step,
  type ErrorShape,
  type FaultBehaviour,
} from '../../../src/testing.ts'
import { deltasOf, doneOf, errorOf, warningsOf } from '../../core/ask.ts'
import { MODELS_OF_EACH_FETCH } from './apis.ts'
import { CLIENTS } from './clients.ts'
import { openRun as openRunOver, type OpenRunOptions, WITHOUT_SOURCES } from './open-run.ts'

const SHAPES: readonly ErrorShape[] = [
  'object',
  'string',
  'flat',
  'event',
  'field',
  'choice',
  'detail',
  'base-resp',
  'code',
]

const json = (...values: readonly unknown[]): FaultBehaviour =>
  faults.sequence(...values.map((value) => step.json(value)))
const choice = (fields: object): object => ({ choices: [{ index: 0, delta: {}, finish_reason: null, ...fields }] })

describe.each(MODELS_OF_EACH_FETCH)('a run over %s', (_name, createClient, api) => {
  const openRun = (behaviour: FaultBehaviour, options?: OpenRunOptions) =>
    openRunOver(createClient, behaviour, { api, ...options })

  it.each(SHAPES)(
    'A2: fails with the message as cause when the server reports a failure in the shape %s, followed by [DONE]',
    async (shape) => {
      await using run = await openRun(faults.errorInStream({ shape, message: 'out of memory', done: true }))
      const events = await run.readOn()
      expect(errorOf(events)).toMatchObject({ code: 'upstream-unavailable', partial: { answer: 'Hello world' } })
      expect(JSON.stringify(run.errors[0]?.cause)).toContain('out of memory')
      expect(JSON.stringify(events)).not.toContain('out of memory')
      await run.expectReleased()
    },
  )

  it.each(SHAPES)('A2: calls the model again after a failure in the shape %s before the first token', async (shape) => {
    const failing = faults.errorInStream({ shape, deltas: [], done: true })
    await using run = await openRun(faults.inTurn(failing, faults.answer('Back')))
    expect(doneOf(await run.readOn({ waitMs: 2000 })).answer).toBe('Back')
  })

  it('A2: fails for an error in a field of the event stream, for every cut', async () => {
    for (const pieceBytes of [1, 3, 7, 50]) {
      const failing = faults.errorInStream({ shape: 'field', message: 'out of memory', done: true })
      await using run = await openRun(faults.framed(failing, { pieceBytes, lineEnd: '\r\n' }))
      expect(errorOf(await run.readOn()).partial.answer).toBe('Hello world')
      expect(run.errors[0]?.cause).toMatchObject({ message: 'out of memory' })
    }
  })

  it.each([
    'error',
    'abort',
    'network_error',
    'insufficient_system_resource',
    'CANCELLED',
    'engine_overloaded',
    'timeout',
    'network',
    'no_capacity',
    'connection_lost',
  ])('A2, A3: fails for the finish reason %s, and keeps the text so far', async (finishReason) => {
    await using run = await openRun(faults.failedEnd({ finishReason }))
    const error = errorOf(await run.readOn())
    expect(error).toMatchObject({ code: 'upstream-unavailable', partial: { answer: 'Hello world' } })
    expect(JSON.stringify(run.errors[0]?.cause)).toContain(finishReason)
  })

  it.each([
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['STOP', 'stop'],
    ['max_tokens', 'length'],
    ['MAX_TOKENS', 'length'],
    ['model_length', 'length'],
    ['SAFETY', 'content-filter'],
    ['sensitive', 'content-filter'],
    ['function_call', 'other'],
  ])('A3: maps the finish reason %s to %s, without a warning', async (vendorReason, finishReason) => {
    await using run = await openRun(faults.answer('Hello', { finishReason: vendorReason }), WITHOUT_SOURCES)
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason, answer: 'Hello', warnings: [] })
  })

  it('A3: maps an unknown finish reason to other, with a warning, and reports it to the hooks', async () => {
    await using run = await openRun(faults.answer('Hello', { finishReason: 'weather' }))
    const events = await run.readOn()
    expect(doneOf(events)).toMatchObject({ finishReason: 'other', answer: 'Hello' })
    expect(warningsOf(events)).toEqual(['finish-reason-unknown'])
    expect(run.stages.at(-1)).toEqual<StageReport>({
      stage: 'generated',
      finishReason: 'other',
      rawFinishReason: 'weather',
    })
    expect(JSON.stringify(events)).not.toContain('weather')
  })

  it.each<[string, FaultBehaviour]>([
    ['stop', faults.emptyAnswer()],
    ['[DONE] alone', faults.doneWithoutReason({ deltas: [] })],
    ['blanks', faults.answer([' ', '\n'])],
    ['reasoning', faults.emptyAnswer({ reasoning: ['hm'] })],
    ['a thought that never ends', faults.answer(['<think>', 'hm'])],
    ['a tool call', faults.answer([], { finishReason: 'tool_calls' })],
  ])('A4: retries an answer that ends with %s and no text, and fails', async (_end, behaviour) => {
    await using run = await openRun(behaviour)
    const events = await run.readOn({ waitMs: 2000 })
    expect(errorOf(events)).toMatchObject({ code: 'upstream-incomplete', retryable: true, partial: { answer: '' } })
    expect(run.server.hits).toHaveLength(3)
    await run.expectReleased()
  })

  it('A4: uses the answer after an empty one, and includes the usage of both', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
    await using run = await openRun(faults.inTurn(faults.emptyAnswer({ usage }), faults.answer('Back', { usage })))
    expect(doneOf(await run.readOn({ waitMs: 2000 }))).toMatchObject({ answer: 'Back', usage: { totalTokens: 30 } })
  })

  it('A4: fails when the model reaches its length during reasoning, and the error names maxOutputTokens', async () => {
    await using run = await openRun(faults.emptyAnswer({ finishReason: 'length', reasoning: ['hm'] }))
    expect(errorOf(await run.readOn())).toMatchObject({ code: 'upstream-incomplete', retryable: false })
    expect(run.errors[0]?.message).toContain('maxOutputTokens')
    expect(run.server.hits).toHaveLength(1)
  })

  it.each(['\n', '\r\n'] as const)(
    'A6: ignores empty data lines, and spaces around [DONE], with %j',
    async (lineEnd) => {
      await using run = await openRun(
        faults.framed(faults.heartbeats('Hello big world'), { lineEnd, pieceBytes: 5 }),
        WITHOUT_SOURCES,
      )
      expect(doneOf(await run.readOn())).toMatchObject({
        finishReason: 'stop',
        answer: 'Hello big world',
        warnings: [],
      })
    },
  )

  it.each(['[DONE] ', '\t[DONE]', '[done]', '"[DONE]"', 'DONE'])('A6: treats the data %j as the end', async (data) => {
    await using run = await openRun(
      faults.sequence('Hello', step.finish(), step.raw(`data: ${data}\n\n`), step.silence()),
    )
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'stop', answer: 'Hello' })
  })

  it.each([
    'event: heartbeat\ndata: ok',
    'event: ping\ndata: ping',
    'event: keep-alive\ndata: 1764320000',
    'event: HEART_BEAT\ndata: {"message":"alive","error":"none"}',
    'event: open\ndata: connected',
    'data: ping',
    'data: : keep-alive',
    'data: [HEARTBEAT]',
    'data: -',
    'data: null',
  ])('A6: ignores the keep-alive %j', async (event) => {
    const alive = step.raw(`${event}\n\n`)
    await using run = await openRun(
      faults.sequence(alive, 'Hel', alive, 'lo', alive, step.finish(), alive, step.done()),
      WITHOUT_SOURCES,
    )
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'stop', answer: 'Hello', warnings: [] })
  })

  it.each(['event: done\ndata: ok', 'data: bye', 'data: [DONE].', "data: '[DONE]'", 'data: <DONE>'])(
    'A6: has ended when %j follows its finish reason',
    async (event) => {
      await using run = await openRun(faults.sequence('Hello', step.finish(), step.raw(`${event}\n\n`)))
      expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'stop', answer: 'Hello' })
    },
  )

  it.each(['tags', 'parts', 'details'] as const)(
    'A9, A10, A11: shows only the answer of a model that thinks in %s',
    async (place) => {
      await using run = await openRun(faults.thinking({ place }))
      const events = await run.readOn()
      expect(doneOf(events)).toMatchObject({ answer: 'The answer is 42 [1].', finishReason: 'stop' })
      expect(doneOf(events).citations.filter(({ number }) => number === 1)).toHaveLength(1)
    },
  )

  const FOUR = { thought: ['a', 'b', 'c', 'd'] } as const
  const blocks = FOUR.thought.map(api.thoughtOf)

  it.each<[string, FaultBehaviour]>([
    ['in tags', faults.thinking({ place: 'tags', ...FOUR })],
    ['before a closing tag', faults.thinking({ place: 'closing-tag', ...FOUR })],
    ['in parts', faults.thinking({ place: 'parts', ...FOUR })],
    ['in a field of its own', faults.thinking({ place: 'details', ...FOUR })],
    ['under any name', faults.sequence(json(...blocks), 'The answer is 42 [1].', step.finish(), step.done())],
  ])('A9, A10, A11: gets an event for each piece when the model thinks %s', async (_place, behaviour) => {
    await using server = await createFaultServer({ behaviour })
    const events = await eventsOf(api.create({ client: createClient({ baseURL: server.baseURL }), model: 'qwq' }))
    expect(events.filter(({ type }) => type === 'reasoning').length).toBeGreaterThanOrEqual(4)
    expect(events.slice(-2)).toMatchObject([{ delta: 'The answer is 42 [1].' }, { finishReason: 'stop' }])
  })

  it('A9: shows only the answer for thinking tags that are cut at any position', async () => {
    const text = '<think>Hm [1]</think>\n\nThe answer is 42 [1].'
    for (let cut = 1; cut < text.length; cut += 1) {
      await using run = await openRun(faults.answer([text.slice(0, cut), text.slice(cut)]))
      expect(doneOf(await run.readOn()).answer, `cut at ${cut}`).toBe('The answer is 42 [1].')
    }
  })

  it.each(['deepseek-r1:7b', 'Qwen/QwQ-32B', 'qwen3-30b-a3b-thinking-2507'])(
    'A9: shows only the answer when the model %s sends only the closing tag',
    async (model) => {
      await using run = await openRun(faults.thinking({ place: 'closing-tag' }), { modelOptions: { model } })
      expect(doneOf(await run.readOn()).answer).toBe('The answer is 42 [1].')
    },
  )

  it('A9: shows the whole answer of a reasoning model that does not think', async () => {
    await using run = await openRun(faults.answer('The answer is 42 [1].'), { modelOptions: { model: 'qwq' } })
    expect(doneOf(await run.readOn()).answer).toBe('The answer is 42 [1].')
  })

  it('A9: has no answer when a reasoning model is cut while it thinks', async () => {
    const cut = faults.answer('Hm, let me see', { finishReason: 'length' })
    await using run = await openRun(cut, { modelOptions: { model: 'qwq' } })
    expect(errorOf(await run.readOn())).toMatchObject({ code: 'upstream-incomplete', partial: { answer: '' } })
  })

  it('A9: shows the thoughts with thinking "keep"', async () => {
    await using run = await openRun(faults.thinking(), { modelOptions: { thinking: 'keep' } })
    expect(doneOf(await run.readOn()).answer).toContain('<think>Hm,')
  })

  it('A9: recognises a closing tag without an opening one with thinking "opened"', async () => {
    await using run = await openRun(faults.thinking({ place: 'closing-tag' }), { modelOptions: { thinking: 'opened' } })
    expect(doneOf(await run.readOn()).answer).toBe('The answer is 42 [1].')
  })

  it('A9: waits for the closing tag after the model has sent one without an opening tag', async () => {
    await using server = await createFaultServer({
      behaviour: faults.thinking({ place: 'closing-tag', thought: ['Sources say', ' 42 [1].'] }),
    })
    const model = api.create({ client: createClient({ baseURL: server.baseURL }), model: 'any' })
    expect(await textOf(model)).toContain('Sources say')
    expect(await textOf(model)).toBe('The answer is 42 [1].')
  })

  it.each([
    ['Okay', ', the user asks about [1].'],
    ['\n', 'O', 'k', 'a', 'y', ',', ' the user asks about [1].'],
    ['Hmm, let me see.', ' [1]'],
    ['嗯', '，用户问的是 [1]。'],
  ])(
    'A9: shows only the answer when the text begins like a thought, with %j, and a closing tag follows',
    async (...thought) => {
      await using run = await openRun(faults.thinking({ place: 'closing-tag', thought }))
      expect(doneOf(await run.readOn()).answer).toBe('The answer is 42 [1].')
    },
  )

  it.each([[['Okay']], [['Okay', ', that is 42.']], [['Okays are', ' fine.']]])(
    'A9: shows all of the answer %j, which only begins like a thought',
    async (content) => {
      await using run = await openRun(faults.answer(content))
      expect(doneOf(await run.readOn()).answer).toBe(content.join(''))
    },
  )

  it('A9: streams at once after a reasoning model has answered without thoughts', async () => {
    await using server = await createFaultServer({ behaviour: faults.answer(['Yes', ' and', ' no']) })
    const model = api.create({ client: createClient({ baseURL: server.baseURL }), model: 'qwq' })
    expect((await eventsOf(model)).filter(({ type }) => type === 'text')).toHaveLength(1)
    expect((await eventsOf(model)).filter(({ type }) => type === 'text')).toHaveLength(3)
  })

  it('A12: waits 90 seconds for a model that thinks silently, with the defaults', async () => {
    const gate = createGate()
    await using run = await openRun(faults.hiddenReasoning({ gate, content: 'Here I am' }))
    await run.readTo('source')
    const next = run.readTo('token')
    await run.server.hit(0)
    await run.clock.advance(90_000)
    gate.open()
    await next
    expect(doneOf(await run.readOn()).answer).toBe('Here I am')
  })

  it.each<[string, FaultBehaviour, string]>([
    [
      'an HTML page',
      faults.htmlPage({ html: `<!doctype html><p>Sign in</p>${'x'.repeat(5_000)}` }),
      '<!doctype html><p>Sign in</p>',
    ],
    ['an HTML page labelled as a stream', faults.htmlPage({ contentType: 'text/event-stream' }), 'Please sign in'],
    ['an error as JSON', faults.jsonError({ message: 'not loaded' }), 'not loaded'],
    [
      'an error as JSON labelled as a stream',
      faults.jsonError({ message: 'not loaded', contentType: 'text/event-stream' }),
      'not loaded',
    ],
    ['JSON that is not an answer', faults.status(200, { body: { hello: 'world' } }), 'world'],
    ['half a JSON object', step.raw('{"choices":[{"mess'), '{"choices":[{"mess'],
    ['plain text', step.raw('Internal server error'), 'Internal server error'],
  ])('A14: fails as upstream-bad-response for %s, with its beginning as cause', async (_body, behaviour, words) => {
    await using run = await openRun(behaviour)
    const events = await run.readOn()
    expect(errorOf(events)).toMatchObject({ code: 'upstream-bad-response', partial: { answer: '' } })
    const cause = run.errors[0]?.cause
    expect(cause).toContain(words)
    expect(String(cause).length).toBeLessThanOrEqual(2_048)
    expect(JSON.stringify(events)).not.toContain(words)
    expect(run.server.hits).toHaveLength(1)
    await run.expectReleased()
  })

  it('A14: stops soon when the model answers with an endless page', async () => {
    await using run = await openRun(faults.sequence(step.raw('<html>'), step.silence()))
    expect(errorOf(await run.readOn()).code).toBe('upstream-bad-response')
    expect(run.errors[0]?.cause).toBe('<html>')
    expect(await (await run.server.hit(0)).closed).toBe('client')
  })

  it('A14: fails with the error code of an error sent as JSON', async () => {
    await using run = await openRun(faults.status(200, { body: { error: { message: 'no', code: 'invalid_api_key' } } }))
    expect(errorOf(await run.readOn()).code).toBe('upstream-auth')
  })

  const USAGE = { inputTokens: 10, outputTokens: 7 }

  it.each<[string, FaultBehaviour]>([
    ['an event stream labelled as JSON', faults.mislabelled(faults.answer('The answer is 42 [1].'))],
    ['an event stream labelled as a page', faults.mislabelled(faults.answer('The answer is 42 [1].'), 'text/html')],
    [
      'an event stream in single bytes',
      faults.framed(faults.mislabelled(faults.answer('The answer is 42 [1].')), { pieceBytes: 1, bom: true }),
    ],
    ['one whole completion', faults.jsonCompletion()],
    ['one whole completion over several lines', faults.jsonCompletion(undefined, { indent: 2 })],
    [
      'one whole completion in single bytes',
      faults.framed(faults.jsonCompletion(undefined, { indent: 2 }), { pieceBytes: 1, bom: true }),
    ],
    ['lines of JSON', faults.jsonLines('The answer is 42 [1].')],
    ['lines of JSON in single bytes', faults.framed(faults.jsonLines('The answer is 42 [1].'), { pieceBytes: 1 })],
  ])('A15: reads %s by its content, not by its label', async (_form, behaviour) => {
    await using run = await openRun(behaviour)
    const done = doneOf(await run.readOn())
    expect(done).toMatchObject({ finishReason: 'stop', answer: 'The answer is 42 [1].', warnings: [] })
    expect(done.usage).toMatchObject({ inputTokens: USAGE.inputTokens })
    expect(done.usage).not.toHaveProperty('estimated')
    await run.expectReleased()
  })

  it('A15: streams lines of JSON', async () => {
    const gate = createGate()
    await using run = await openRun(faults.jsonLines(['Hello', ' world'], { gate }))
    gate.release()
    await run.readTo('token')
    gate.open()
    expect(deltasOf(await run.readOn())).toEqual(['Hello', ' world'])
  })

  it.each(['choice', 'x_groq'] as const)('A16: reads the usage in %s', async (place) => {
    await using run = await openRun(faults.usageElsewhere({ place }))
    const { usage } = doneOf(await run.readOn())
    expect(usage).toMatchObject({ ...USAGE, totalTokens: 17 })
    expect(usage).not.toHaveProperty('estimated')
  })

  it('A16: ignores a usage of zeros', async () => {
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    await using run = await openRun(faults.answer('Hello', { usage }))
    expect(doneOf(await run.readOn()).usage.estimated).toBe(true)
  })

  it.each([402, 429] as const)(
    'A16: does not retry when the credit is used up, reported by %i, and the error says so',
    async (code) => {
      await using run = await openRun(faults.outOfCredit({ code }))
      expect(errorOf(await run.readOn())).toMatchObject({ retryable: false })
      expect(run.errors[0]?.message).toContain('no credit left')
      expect(run.server.hits).toHaveLength(1)
    },
  )

  it('A16: does not retry when the credit is used up, reported in the stream', async () => {
    await using run = await openRun(
      faults.errorInStream({ deltas: [], shape: 'base-resp', message: 'insufficient balance' }),
    )
    expect(errorOf(await run.readOn())).toMatchObject({ retryable: false })
    expect(run.errors[0]?.message).toContain('no credit left')
  })
})

describe.each(CLIENTS)('a run over chat completions of %s', (_name, createClient) => {
  const openRun = (behaviour: FaultBehaviour, options?: OpenRunOptions) => openRunOver(createClient, behaviour, options)

  it.each<[string, FaultBehaviour, string]>([
    ['an error in its delta', json(choice({ delta: { error: { message: 'words' } } })), 'upstream-unavailable'],
    ['a list of errors', json({ errors: [{ message: 'words' }] }), 'upstream-unavailable'],
    ['an error code of its own', json({ error_code: 17, error_msg: 'words' }), 'upstream-unavailable'],
    ['success: false', json({ success: false, result: 'words' }), 'upstream-unavailable'],
    ['a header', json({ header: { code: 10013, message: 'words' } }), 'upstream-unavailable'],
    ['an error of a proxy', json({ message: 'words', code: 401 }), 'upstream-auth'],
    ['a list of details', json({ detail: [{ loc: ['body'], msg: 'words' }] }), 'upstream-unavailable'],
    ['a status', json({ status: 429, title: 'words' }), 'upstream-rate-limited'],
    ['an error of x_groq', json({ ...choice({}), x_groq: { error: 'words' } }), 'upstream-unavailable'],
    ['an event named error without JSON', step.raw('event: error\ndata: words\n\n'), 'upstream-unavailable'],
    ['an error message in its choice', json(choice({ error_message: 'words' })), 'upstream-unavailable'],
    ['the key of an exception', json({ throttlingException: { message: 'words' } }), 'upstream-unavailable'],
    ['err', json({ err: 'words' }), 'upstream-unavailable'],
    ['an event of an exception', step.raw('event: exception\ndata: {"x":"words"}\n\n'), 'upstream-unavailable'],
    ['an event of a failure', step.raw('event: run.failed\ndata: words\n\n'), 'upstream-unavailable'],
    ['a line of JSON', step.raw('{"error":{"message":"words"}}\n'), 'upstream-unavailable'],
  ])('A2: fails when the server reports a failure by %s', async (_form, failing, code) => {
    await using run = await openRun(faults.sequence('Hello', failing, step.done()))
    expect(errorOf(await run.readOn())).toMatchObject({ code, partial: { answer: 'Hello' } })
    expect(JSON.stringify(run.errors[0]?.cause)).toContain('words')
  })

  it('A2: continues after objects without choices that are not errors', async () => {
    const harmless = json(
      {},
      { type: 'ping' },
      { object: 'heartbeat', message: 'still here' },
      { status: 'processing', message: 'waiting for a GPU' },
      { progress: 0.5, message: 'loading' },
      { type: 'info', message: 'loading' },
      null,
      { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
      { choices: [], error: null, errors: [], detail: '' },
      { choices: null, base_resp: { status_code: 0, status_msg: 'success' } },
      { code: 0, message: 'Success', sid: 'a' },
      {
        choices: [],
        usage: { prompt_tokens: 1, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 0 } },
      },
    )
    await using run = await openRun(faults.sequence(harmless, 'Hello', harmless, step.finish(), step.done()))
    expect(doneOf(await run.readOn())).toMatchObject({
      finishReason: 'stop',
      answer: 'Hello',
      usage: { totalTokens: 3 },
    })
  })

  it.each(['', 'null'])('A3: continues when every chunk has the finish reason %j', async (word) => {
    const chunks = json(
      choice({ delta: { content: 'Hel' }, finish_reason: word }),
      choice({ delta: { content: 'lo' }, finish_reason: word }),
    )
    await using run = await openRun(faults.sequence(chunks, step.finish(), step.done()))
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'stop', answer: 'Hello' })
  })

  it.each([
    ['empty', { content: '', reasoning: '', reasoning_details: [], tool_calls: null }],
    [
      'without content',
      { role: 'assistant', content: null, reasoning_details: [{ type: 'reasoning.text', index: 0, text: '' }] },
    ],
  ])('A11: gets no event for deltas that are %s', async (_name, delta) => {
    const behaviour = faults.sequence(json(choice({ delta }), choice({ delta })), 'Yes', step.finish(), step.done())
    await using server = await createFaultServer({ behaviour })
    const model = openaiChatModel({ client: createClient({ baseURL: server.baseURL }), model: 'any' })
    expect((await eventsOf(model)).map(({ type }) => type)).toEqual(['text', 'finish'])
  })

  it.each<[string, unknown]>([
    ['a list in a list', [[{ type: 'text', text: 'Hello' }]]],
    ['a part that is null', [null, { type: 'text', text: 'Hello' }]],
    ['a part that is empty', [{}, { type: 'text' }, { type: 'text', text: null }, { type: 'text', text: 'Hello' }]],
    ['a content in a part', [{ type: 'text', content: 'Hello' }]],
    ['types in capitals', [{ type: 'TEXT', text: 'Hello' }]],
    ['deltas of text', [{ type: 'text_delta', text: 'Hello' }]],
    ['a refusal', [{ type: 'refusal', refusal: 'Hello' }]],
    [
      'other parts',
      [
        { type: 'reference', reference_ids: [0] },
        { type: 'text', text: { value: 'Hello' } },
      ],
    ],
  ])('A10: reads content with %s', async (_form, content) => {
    await using run = await openRun(faults.sequence(json(choice({ delta: { content } })), step.finish(), step.done()))
    expect(doneOf(await run.readOn()).answer).toBe('Hello')
  })

  it('A10: fails as upstream-bad-response for a text part whose text is not a string', async () => {
    await using run = await openRun(json(choice({ delta: { content: [{ type: 'text', text: 7 }] } })))
    expect(errorOf(await run.readOn())).toMatchObject({ code: 'upstream-bad-response' })
  })

  const counted = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 }

  it.each<[string, object]>([
    ['its delta', choice({ delta: { usage: counted } })],
    ['a message', { message: { usage: counted } }],
    ['a name of its own', { choices: [], token_usage: counted }],
    ['a list', { choices: [], usage: [counted] }],
    ['strings', { choices: [], usage: { prompt_tokens: '12', completion_tokens: '5' } }],
    ['the names of Ollama', { choices: [], prompt_eval_count: 12, eval_count: 5 }],
  ])('A16: reads the usage in %s too', async (_place, chunk) => {
    await using run = await openRun(faults.sequence('Hello', step.finish(), json(chunk), step.done()))
    const { usage } = doneOf(await run.readOn())
    expect(usage).toMatchObject({ inputTokens: 12, outputTokens: 5, totalTokens: 17 })
    expect(usage).not.toHaveProperty('estimated')
  })
})

const REQUEST: ChatModelRequest = {
  messages: [{ role: 'user', content: 'Why?' }],
  purpose: 'answer',
  question: 'Why?',
  sources: [],
}

async function eventsOf(model: ChatModel): Promise<readonly ChatModelEvent[]> {
  const events: ChatModelEvent[] = []
  for await (const event of model.stream(REQUEST, { signal: new AbortController().signal })) events.push(event)
  return events
}

async function textOf(model: ChatModel): Promise<string> {
  return (await eventsOf(model)).map((event) => (event.type === 'text' ? event.delta : '')).join('')
}
