import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/index.ts'
import { createGate, faults, step, type FaultBehaviour } from '../../../src/testing.ts'
import { deltasOf, doneOf, errorOf, open, warningsOf } from '../../core/ask.ts'
import { chatApi, MODELS_OF_EACH_FETCH } from './apis.ts'
import { openRun as openRunOver, type OpenRunOptions, WITHOUT_SOURCES } from './open-run.ts'

const MiB = 1024 * 1024

describe.each(MODELS_OF_EACH_FETCH)('a run over %s', (_name, createClient, api) => {
  const openRun = (behaviour: FaultBehaviour, options?: OpenRunOptions) =>
    openRunOver(createClient, behaviour, { api, ...options })

  it('F1: calls the model again after the wait that it requests', async () => {
    await using run = await openRun(
      faults.inTurn(faults.rateLimited({ retryAfter: 1 }), faults.answer('Here I am')),
      WITHOUT_SOURCES,
    )
    await run.readTo('warning')
    const next = run.read()
    await run.clock.advance(999)
    expect(run.server.hits).toHaveLength(1)
    await run.clock.advance(1)
    expect(await next).toMatchObject({ type: 'token', delta: 'Here' })
    const events = await run.readOn()
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: 'Here I am' })
    expect(warningsOf(events)).toEqual(['retrying'])
    expect(run.server.hits).toHaveLength(2)
    await run.expectReleased()
  })

  it.each<[string, Parameters<typeof faults.rateLimited>[0], number]>([
    ['a wait in seconds', { retryAfter: 180 }, 180_000],
    ['a wait in milliseconds', { retryAfter: null, headers: { 'retry-after-ms': '145000' } }, 145_000],
  ])('F2: fails at once when the model requests %s that exceeds the limit', async (_unit, options, retryAfterMs) => {
    await using run = await openRun(faults.rateLimited(options))
    const error = errorOf(await run.readOn())
    expect(error).toMatchObject({ code: 'upstream-rate-limited', retryable: true, retryAfterMs, phase: 'generating' })
    expect(error.partial).toMatchObject({ finishReason: 'error', answer: '', query: { condensed: false } })
    expect(run.server.hits).toHaveLength(1)
    expect(run.clock.now()).toBe(0)
    await run.expectReleased()
  })

  it('F2: reads a requested wait given as a date', async () => {
    await using run = await openRun(faults.rateLimited({ retryAfter: new Date(Date.now() + 200_000) }))
    const { retryAfterMs = 0 } = errorOf(await run.readOn())
    expect(Math.abs(retryAfterMs - 200_000)).toBeLessThan(10_000)
  })

  it('F3: makes no further call when it is aborted during the wait before a retry', async () => {
    await using run = await openRun(faults.rateLimited({ retryAfter: 3 }))
    await run.readTo('warning')
    const next = run.read()
    await run.clock.advance(300)
    run.controller.abort()
    expect(await next).toMatchObject({ type: 'done', finishReason: 'abort' })
    await run.expectReleased()
    await run.clock.advance(60_000)
    expect(run.server.hits).toHaveLength(1)
  })

  it.each([500, 502, 503, 504, 529] as const)(
    'F4: calls a model that is down with %i three times in total',
    async (status) => {
      await using run = await openRun(faults.unavailable(status))
      const events = await run.readOn({ waitMs: 2000 })
      expect(errorOf(events)).toMatchObject({ code: 'upstream-unavailable', retryable: true })
      expect(warningsOf(events)).toEqual(['retrying', 'retrying'])
      expect(run.server.hits).toHaveLength(3)
      await run.expectReleased()
    },
  )

  it('F4: uses the answer of a model that recovers', async () => {
    await using run = await openRun(faults.inTurn(faults.refused(), faults.unavailable(500), faults.answer('Back')))
    expect(doneOf(await run.readOn({ waitMs: 2000 })).answer).toBe('Back')
    expect(run.server.hits).toHaveLength(3)
  })

  it.each([401, 403] as const)('F5: does not retry when the credentials are rejected with %i', async (code) => {
    await using run = await openRun(faults.unauthorized({ code, secret: 'sk-canary-0000' }))
    const events = await run.readOn()
    expect(errorOf(events)).toMatchObject({
      code: 'upstream-auth',
      message: 'The model refused the credentials of this service',
      retryable: false,
    })
    expect(run.server.hits).toHaveLength(1)
    expect(JSON.stringify(events)).not.toContain('canary')
    expect(String(run.errors[0]?.cause)).toContain('canary')
  })

  it('F5, P9: does not retry a rejected request, and keeps the message on the server', async () => {
    await using run = await openRun(faults.rejected({ message: 'too long: sk-canary-0000' }))
    const events = await run.readOn()
    expect(errorOf(events)).toMatchObject({ code: 'upstream-rejected', retryable: false })
    expect(run.server.hits).toHaveLength(1)
    expect(JSON.stringify(events)).not.toContain('canary')
  })

  it.each<[string, FaultBehaviour]>([
    ['F6: a model that never answers', faults.silent()],
    ['F7: a model that sends its headers and no token', faults.headersOnly()],
  ])('%s times out, is not called again, and is closed', async (_title, behaviour) => {
    await using run = await openRun(behaviour)
    await run.readTo('source')
    const over = run.readOn()
    const hit = await run.server.hit(0)
    await run.clock.advance(119_999)
    expect(hit.closedAt).toBeUndefined()
    await run.clock.advance(1)
    expect(errorOf(await over)).toMatchObject({ code: 'upstream-timeout', partial: { answer: '' } })
    expect(await hit.closed).toBe('client')
    expect(run.server.hits).toHaveLength(1)
    await run.expectReleased()
  })

  it.each<[string, FaultBehaviour]>([
    ['F8: a model that sends only comments', faults.commentsOnly({ intervalMs: 5 })],
    ['F8: a model that sends only roles', faults.rolesOnly({ intervalMs: 5 })],
  ])('%s still times out', async (_title, behaviour) => {
    // The real clock, so that the comments arrive while it runs.
    await using run = await openRun(behaviour, { clock: systemClock, firstTokenMs: 150 })
    expect(errorOf(await run.readOn()).code).toBe('upstream-timeout')
    expect(await (await run.server.hit(0)).closed).toBe('client')
  })

  it('F9: fails as upstream-stalled when the model stalls, keeps the answer, does not retry, and closes the connection', async () => {
    await using run = await openRun(faults.stall({ deltas: ['They', ' sleep'] }))
    await run.readTo('token')
    await run.readTo('token')
    const over = run.readOn()
    const hit = await run.server.hit(0)
    await run.clock.advance(19_999)
    expect(hit.closedAt).toBeUndefined()
    await run.clock.advance(1)
    expect(errorOf(await over)).toMatchObject({ code: 'upstream-stalled', partial: { answer: 'They sleep' } })
    expect(await hit.closed).toBe('client')
    expect(run.server.hits).toHaveLength(1)
    await run.expectReleased()
  })

  it.each(['reset', 'cut'] as const)(
    'F10: fails as upstream-disconnected when the connection breaks by %s',
    async (fault) => {
      const gate = createGate()
      await using run = await openRun(faults[fault]({ deltas: ['They', ' sleep'], gate }))
      await run.readTo('token')
      await run.readTo('token')
      gate.open()
      const error = errorOf(await run.readOn())
      expect(error).toMatchObject({ code: 'upstream-disconnected', retryable: true, partial: { answer: 'They sleep' } })
      expect(run.server.hits).toHaveLength(1)
      await run.expectReleased()
    },
  )

  it('F11: fails as upstream-incomplete when the model ends without a finish reason, and keeps the answer', async () => {
    await using run = await openRun(faults.incomplete({ deltas: ['They', ' sleep'] }))
    const events = await run.readOn()
    expect(errorOf(events)).toMatchObject({ code: 'upstream-incomplete', partial: { answer: 'They sleep' } })
    expect(deltasOf(events)).toEqual(['They', ' sleep'])
    expect(run.server.hits).toHaveLength(1)
    await run.expectReleased()
  })

  it('F11: accepts a finish reason without [DONE] as the end', async () => {
    await using run = await openRun(faults.reasonWithoutDone({ finishReason: 'length' }), WITHOUT_SOURCES)
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'length', answer: 'Hello world', warnings: [] })
    await run.expectReleased()
  })

  it('F12: ends as stop with a warning for [DONE] without a finish reason, but never without the last event of a response', async () => {
    await using run = await openRun(faults.doneWithoutReason(), WITHOUT_SOURCES)
    const events = await run.readOn()
    if (api !== chatApi) {
      // A gateway adds [DONE] even after its server has broken off.
      expect(errorOf(events)).toMatchObject({ code: 'upstream-incomplete', partial: { answer: 'Hello world' } })
      return
    }
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: 'Hello world' })
    expect(warningsOf(events)).toEqual(['finish-reason-missing'])
    await run.expectReleased()
  })

  it.each<[string, FaultBehaviour]>([
    ['F13: a model that sends half a JSON object mid-stream', faults.halfJson()],
    ['F14: a model that sends half a JSON object at the end, without a line end', faults.halfJsonAtEnd()],
    [
      'F13: a model that sends JSON that is not an object',
      faults.sequence('Hello', ' world', step.json('text'), step.silence()),
    ],
    [
      'F13: a model that sends content that is not text',
      faults.sequence('Hello', ' world', step.json(api.contentOf({ parts: [] })), step.silence()),
    ],
  ])('%s fails as upstream-bad-response, keeps its answer, and is not called again', async (_title, behaviour) => {
    await using run = await openRun(behaviour)
    const events = await run.readOn()
    expect(errorOf(events)).toMatchObject({
      code: 'upstream-bad-response',
      message: 'The model sent something that could not be read',
      partial: { answer: 'Hello world' },
    })
    expect(run.server.hits).toHaveLength(1)
    await run.expectReleased()
  })

  it.each([
    [undefined, 'upstream-unavailable'],
    ['rate_limit_exceeded', 'upstream-rate-limited'],
    ['invalid_api_key', 'upstream-auth'],
    ['context_length_exceeded', 'upstream-rejected'],
  ] as const)('F15: maps the error %s in the stream to %s', async (vendorCode, code) => {
    const message = 'broken: sk-canary-0000'
    await using run = await openRun(faults.errorInStream({ message, ...(vendorCode && { code: vendorCode }) }))
    const events = await run.readOn()
    expect(errorOf(events)).toMatchObject({ code, partial: { answer: 'Hello world' } })
    expect(JSON.stringify(events)).not.toContain('canary')
    expect(run.server.hits).toHaveLength(1)
    await run.expectReleased()
  })

  it.each(['string', 'flat', 'event'] as const)(
    'F15: fails for an error of the shape %s followed by [DONE]',
    async (shape) => {
      const reported = faults.sequence('Hello', step.error('broken', { shape }), step.done())
      await using run = await openRun(reported)
      expect(errorOf(await run.readOn())).toMatchObject({ code: 'upstream-unavailable', partial: { answer: 'Hello' } })
    },
  )

  it('F15: calls the model again after an error before its first token', async () => {
    await using run = await openRun(faults.inTurn(faults.errorInStream({ deltas: [] }), faults.answer('Back')))
    expect(doneOf(await run.readOn({ waitMs: 2000 })).answer).toBe('Back')
  })

  it('F16: ends as length when the model reaches its length, and keeps the answer', async () => {
    await using run = await openRun(faults.answer('Hello world', { finishReason: 'length' }), WITHOUT_SOURCES)
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'length', answer: 'Hello world', warnings: [] })
  })

  it.each(['Hello world', ''])(
    'F17: ends as content-filter when a filter stops the model after %j, without a retry',
    async (content) => {
      await using run = await openRun(faults.answer(content ? content : [], { finishReason: 'content_filter' }))
      expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'content-filter', answer: content })
      expect(run.server.hits).toHaveLength(1)
    },
  )

  it.each<[string, FaultBehaviour]>([
    ['one long line', faults.hugeEvent({ bytes: 64 * MiB })],
    ['many lines', manyLines(64 * MiB)],
  ])('F18: rejects an event of 64 MiB, as %s, long before its end', async (_form, behaviour) => {
    const counted = countBytes(behaviour)
    await using run = await openRun(counted.behaviour)
    const error = errorOf(await run.readOn())
    expect(error).toMatchObject({ code: 'upstream-bad-response', retryable: false, partial: { answer: '' } })
    expect(await (await run.server.hit(0)).closed).toBe('client')
    // 1 MiB was read; the rest is in the buffers of the sockets.
    expect(counted.bytes()).toBeLessThan(32 * MiB)
    await run.expectReleased()
  })

  it('F19: cuts an endless answer at maxAnswerChars', async () => {
    await using run = await openRun(faults.endless({ delta: 'x'.repeat(1000) }), {
      maxAnswerChars: 100_000,
      ...WITHOUT_SOURCES,
    })
    const events = await run.readOn()
    expect(doneOf(events)).toMatchObject({ finishReason: 'length', answer: 'x'.repeat(100_000) })
    expect(warningsOf(events)).toEqual(['output-capped'])
    expect(await (await run.server.hit(0)).closed).toBe('client')
    await run.expectReleased()
  })

  it('F19: cuts an endless answer at runMs', async () => {
    // The real clock, so that the model continues meanwhile.
    const options = { clock: systemClock, runMs: 150, maxAnswerChars: Infinity }
    await using run = await openRun(faults.endless({ delayMs: 5 }), options)
    expect(errorOf(await run.readOn())).toMatchObject({ code: 'limit-exceeded', partial: { finishReason: 'error' } })
    expect(await (await run.server.hit(0)).closed).toBe('client')
    await run.expectReleased()
  })

  it.each<[string, FaultBehaviour]>([
    ['F20: a model that answers with an HTML page', faults.htmlPage()],
    [
      'F20: a model that answers with an endless HTML page',
      faults.sequence(step.head(200, { 'content-type': 'text/html' }), step.raw('<!doctype html>'), step.silence()),
    ],
    ['F21: a model that answers with an error as JSON', faults.jsonError()],
  ])('%s fails as upstream-bad-response before any token, and is closed', async (_title, behaviour) => {
    await using run = await openRun(behaviour)
    const events = await run.readOn()
    expect(errorOf(events)).toMatchObject({ code: 'upstream-bad-response', partial: { answer: '' } })
    expect(deltasOf(events)).toEqual([])
    expect(run.server.hits).toHaveLength(1)
    await run.expectReleased()
  })

  it('F21: fails for an error as JSON that is labelled as a stream', async () => {
    await using run = await openRun(faults.jsonError({ contentType: 'text/event-stream' }))
    expect(errorOf(await run.readOn()).code).toBe('upstream-bad-response')
  })

  const TEXT = ['Grüße', ' 😀', ' 你好\n\n', ' "(1)"\r\n']

  it.each([
    { lineEnd: '\n', bom: false, pieceBytes: 1 },
    { lineEnd: '\r\n', bom: true, pieceBytes: 1 },
    { lineEnd: '\r', bom: true, pieceBytes: [2, 3] },
    { lineEnd: '\r\n', bom: false, pieceBytes: Infinity },
  ] as const)('F22: gives the same answer when the bytes are sent as %j', async (framing) => {
    await using run = await openRun(faults.framed(faults.answer(TEXT), framing))
    const events = await run.readOn()
    expect(deltasOf(events)).toEqual(TEXT)
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', usage: { outputTokens: 4 } })
  })

  it.each([
    ['events', 'data: ', '\n\n'],
    ['events with carriage returns', 'data: ', '\r\n\r\n'],
    ['lines of JSON', '', '\n'],
  ])('F22: gives the same answer for every cut of the bytes in two, for %s', async (_name, start, end) => {
    const texts = [...api.streamOf(TEXT).map((object) => JSON.stringify(object)), '[DONE]']
    const bytes = new TextEncoder().encode(`\uFEFF${texts.map((text) => start + text + end).join('')}`)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const fetch = async () => responseOf(bytes.subarray(0, cut), bytes.subarray(cut))
      const client = createClient({ baseURL: 'http://127.0.0.1/v1', fetch })
      const events = await open({ model: api.create({ client, model: 'any' }) }).readOn()
      expect(deltasOf(events), `cut at byte ${cut}`).toEqual(TEXT)
      expect(doneOf(events).finishReason).toBe('stop')
    }
  })

  it('P5: closes the connection to the model when it is aborted mid-token', async () => {
    await using run = await openRun(faults.stall({ deltas: ['They'] }))
    await run.readTo('token')
    const last = run.read()
    run.controller.abort()
    expect(await last).toMatchObject({ type: 'done', finishReason: 'abort', answer: 'They' })
    expect(await (await run.server.hit(0)).closed).toBe('client')
    await run.expectReleased()
  })

  it('P5: closes the connection to the model when its reader leaves', async () => {
    await using run = await openRun(faults.endless())
    await run.readTo('token')
    await run.leave()
    expect(await (await run.server.hit(0)).closed).toBe('client')
    await run.expectReleased()
  })

  it('P5: closes the connection to the model when it is aborted while waiting for the headers', async () => {
    await using run = await openRun(faults.silent())
    await run.readTo('source')
    const over = run.readOn()
    const hit = await run.server.hit(0)
    run.controller.abort()
    expect(doneOf(await over).finishReason).toBe('abort')
    expect(await hit.closed).toBe('client')
    await run.expectReleased()
  })
})

/** A response whose body arrives in these pieces. */
function responseOf(...pieces: readonly Uint8Array[]): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

/** An event of very many short lines. */
function manyLines(bytes: number): FaultBehaviour {
  const lines = `data: ${'a'.repeat(58)}\n`.repeat(1024)
  return async ({ write }) => {
    for (let sent = 0; sent < bytes; sent += lines.length) await write(lines)
  }
}

/** Counts the bytes that a server was able to send. */
function countBytes(behaviour: FaultBehaviour) {
  let bytes = 0
  const counting: FaultBehaviour = (exchange) =>
    behaviour({
      ...exchange,
      async write(data) {
        await exchange.write(data)
        bytes += data.length
      },
    })
  return { behaviour: counting, bytes: () => bytes }
}
