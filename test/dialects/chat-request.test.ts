import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import {
  parseChatRequest,
  type BadRequestError,
  type ParseChatRequestOptions,
  type StandardSchema,
} from '../../src/server.ts'

const RUN_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'
const YEAR = z.object({ year: z.number() })

describe('parseChatRequest', () => {
  it('returns the fields of a valid body', () => {
    expect(parseChatRequest({ question: 'Why?' })).toEqual({ question: 'Why?' })
    const full = { question: 'Why?', threadId: 'thread/1', runId: RUN_ID }
    expect(parseChatRequest(full)).toEqual(full)
  })

  it.each([
    ['empty', ''],
    ['white space', ' \t\r\n\u00A0\u2003\uFEFF'],
    ['of 10 MB', 'a'.repeat(10_000_000)],
    ['one UTF-16 unit too long', 'a'.repeat(32_769)],
  ])('F44, R1: rejects a question that is %s', (_name, question) => {
    expect(refusal({ question })).toMatchObject({ code: 'invalid-input', field: 'question' })
  })

  it('F44, R1: accepts a question of exactly the limit, or of a configured limit', () => {
    expect(parseChatRequest({ question: '问'.repeat(32_768) }).question).toHaveLength(32_768)
    expect(() => parseChatRequest({ question: 'Why?' }, { maxQuestionChars: 3 })).toThrow(RangeError)
    expect(parseChatRequest({ question: 'Why?' }, { maxQuestionChars: 4 })).toEqual({ question: 'Why?' })
  })

  it('F45, R1: replaces an unpaired surrogate, and rejects NUL', () => {
    expect(parseChatRequest({ question: 'a\uD83Db\uDE00 😀' })).toEqual({ question: 'a\uFFFDb\uFFFD 😀' })
    expect(refusal({ question: 'a\0b' })).toMatchObject({ field: 'question' })
  })

  it.each([
    ['', 'empty'],
    ['a'.repeat(257), 'too long'],
    ['line\nbreak', 'on two lines'],
    ['\0', 'NUL'],
    ['\uD83D', 'an unpaired surrogate'],
  ])('F45, R2: rejects the threadId %j, which is %s', (threadId) => {
    expect(refusal({ question: 'Why?', threadId })).toMatchObject({ field: 'threadId' })
  })

  it.each(['7', '', `${RUN_ID}\n`, '__proto__'])('R2: rejects the runId %j, which is not a UUID', (runId) => {
    expect(refusal({ question: 'Why?', runId })).toMatchObject({ field: 'runId' })
  })

  it.each([
    ['{"question":"Why?","__proto__":{"polluted":true}}', '__proto__'],
    ['{"question":"Why?","constructor":{"prototype":{"polluted":true}}}', 'constructor'],
    ['{"question":"Why?","toString":"x"}', 'toString'],
    ['{"__proto__":{"question":"Why?"}}', 'question'],
  ])('F47, R3: rejects %s without modifying a prototype', (json, field) => {
    expect(refusal(JSON.parse(json))).toMatchObject({ status: 400, field })
    expect({}).not.toHaveProperty('polluted')
  })

  it('F47: accepts ids that are names of built-in properties, as plain strings', () => {
    for (const threadId of ['__proto__', 'constructor', 'toString']) {
      const request = parseChatRequest({ question: 'Why?', threadId })
      expect(Object.entries(request)).toEqual([
        ['question', 'Why?'],
        ['threadId', threadId],
      ])
    }
  })

  it.each([
    [undefined, 'body'],
    [null, 'body'],
    ['question', 'body'],
    [7, 'body'],
    [['Why?'], 'body'],
    [{}, 'question'],
    [{ question: null }, 'question'],
    [{ question: 7 }, 'question'],
    [{ question: ['Why?'] }, 'question'],
    [{ question: { toString: 'Why?' } }, 'question'],
    [{ question: 'Why?', threadId: 7 }, 'threadId'],
    [{ question: 'Why?', runId: {} }, 'runId'],
    [{ question: 'Why?', model: 'gpt' }, 'model'],
  ])('F48, R3: rejects the body %j and names the field %s', (body, field) => {
    expect(refusal(body)).toMatchObject({ code: 'invalid-input', field, message: expect.stringContaining(field) })
  })

  it('F48: either accepts a body or rejects it with status 400, for any value', () => {
    const field = fc.oneof(fc.string(), fc.anything())
    const nearly = fc.record({ question: field, threadId: field, runId: field }, { requiredKeys: [] })
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withNullPrototype: true }), fc.object(), nearly), (body) => {
        try {
          const { question } = parseChatRequest(body)
          expect(question.trim()).not.toBe('')
          expect(question.isWellFormed()).toBe(true)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'invalid-input', status: 400, field: expect.any(String) })
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('has status 400 in the form that each framework reads', async () => {
    const error = refusal({ question: 7 })
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ status: 400, statusCode: 400 })
    const response = error.getResponse()
    expect(response.status).toBe(400)
    const { field, message } = error
    const body = { code: 'invalid-input', field, message, issues: [{ field, message }] }
    expect(await response.json()).toEqual(body)
    expect(field).toBe('question')
  })

  it('lists all invalid fields, for every kind of error', () => {
    const body = { question: 'a\0b', threadId: 7, runId: 'x', replaces: '', filter: { year: '?' }, model: 'gpt' }
    const { issues, field, message } = refusal(body, { replaces: true, filter: YEAR })
    expect(issues.map((issue) => issue.field)).toEqual([
      'question',
      'threadId',
      'runId',
      'replaces',
      'filter.year',
      'model',
    ])
    expect({ field, message }).toEqual(issues[0])
    for (const issue of issues) expect(issue.message).toContain(issue.field)
  })

  it('R3: lists at most ten invalid fields', () => {
    const body = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field${index}`, 1]))
    expect(refusal(body).issues).toHaveLength(10)
  })

  it('accepts `replaces` only when it is allowed', () => {
    const body = { question: 'Why?', replaces: RUN_ID }
    expect(refusal(body)).toMatchObject({ field: 'replaces' })
    expect(refusal(body, { replaces: false })).toMatchObject({ field: 'replaces' })
    expect(parseChatRequest(body, { replaces: true })).toEqual(body)
    expect(parseChatRequest({ question: 'Why?' }, { replaces: true })).toEqual({ question: 'Why?' })
  })

  it.each([7, null, '', 'a\nb', 'a'.repeat(257)])('R4: rejects %j as the value of replaces', (replaces) => {
    expect(refusal({ question: 'Why?', replaces }, { replaces: true })).toMatchObject({ field: 'replaces' })
  })

  it.each(['.', '..'])('R2: rejects the threadId %j, which no URL can contain', (threadId) => {
    expect(refusal({ question: 'Why?', threadId })).toMatchObject({ field: 'threadId' })
  })

  it('does not repeat a long field name in the message', () => {
    const { field, message } = refusal({ question: 'Why?', ['a'.repeat(100_000)]: 1 })
    expect(field).toBe('a'.repeat(64))
    expect(message.length).toBeLessThan(200)
  })

  it('throws an error without a status for an invalid option, because the server code is wrong', () => {
    const thrown = catchThrown(() => parseChatRequest({ question: 'Why?' }, { maxQuestionChars: 0 }))
    expect(thrown).toMatchObject({ field: 'maxQuestionChars' })
    expect(thrown).not.toHaveProperty('status')
  })

  it('omits fields that are undefined', () => {
    const body = { question: 'Why?', threadId: undefined, runId: undefined, replaces: undefined, filter: undefined }
    const request = parseChatRequest(body, { replaces: true, filter: YEAR })
    expect(Object.keys(request)).toEqual(['question'])
  })
})

describe('the filter of a request', () => {
  it('R5: is the output of the schema', () => {
    const filter = z.object({ year: z.coerce.number(), tags: z.array(z.string()).default([]) })
    expect(parseChatRequest({ question: 'Why?', filter: { year: '2024' } }, { filter })).toEqual({
      question: 'Why?',
      filter: { year: 2024, tags: [] },
    })
  })

  it('R5: may be missing, with any schema', () => {
    expect(parseChatRequest({ question: 'Why?' }, { filter: YEAR })).toEqual({ question: 'Why?' })
  })

  it('R5: is rejected without a schema, or when the schema rejects it', () => {
    expect(refusal({ question: 'Why?', filter: { year: 1 } })).toMatchObject({ field: 'filter' })
    expect(refusal({ question: 'Why?', filter: { year: '?' } }, { filter: YEAR })).toMatchObject({
      field: 'filter.year',
    })
    expect(refusal({ question: 'Why?', filter: null }, { filter: YEAR })).toMatchObject({ field: 'filter' })
  })

  it('accepts a schema of any library, and reports its paths', () => {
    const issues = [{ message: 'is too old', path: ['years', { key: 0 }] }, { message: 'is empty' }]
    const filter = standardSchema(() => ({ issues }))
    expect(refusal({ question: 'Why?', filter: {} }, { filter }).issues).toEqual([
      { field: 'filter.years.0', message: 'Cannot use filter.years.0: is too old' },
      { field: 'filter', message: 'Cannot use filter: is empty' },
    ])
  })

  it('F47: leaves the names of keys to the schema, and modifies no prototype', () => {
    const body: unknown = JSON.parse('{"question":"Why?","filter":{"year":1,"__proto__":{"polluted":true}}}')
    expect(refusal(body, { filter: z.strictObject({ year: z.number() }) })).toMatchObject({ field: 'filter' })
    const { filter } = parseChatRequest(body, { filter: YEAR })
    expect(filter).toEqual({ year: 1 })
    expect(filter).not.toHaveProperty('polluted')
  })

  it('throws an error without a status for a schema that is asynchronous or throws, without an unhandled rejection', async () => {
    const later = standardSchema(() => Promise.reject(new Error('the database is down')))
    const broken = standardSchema(() => {
      throw new Error('the schema is broken')
    })
    for (const filter of [later, broken]) {
      const thrown = catchThrown(() => parseChatRequest({ question: 'Why?', filter: {} }, { filter }))
      expect(thrown).toBeInstanceOf(Error)
      expect(thrown).not.toHaveProperty('status')
    }
    // An unhandled rejection fails this file.
    await nextTurn()
  })
})

function refusal(body: unknown, options?: ParseChatRequestOptions): BadRequestError {
  const thrown = catchThrown(() => parseChatRequest(body, options))
  if (thrown instanceof Error && 'getResponse' in thrown) return thrown as BadRequestError
  throw new Error('Not refused with a response', { cause: thrown })
}

function catchThrown(act: () => unknown): unknown {
  try {
    act()
  } catch (thrown) {
    return thrown
  }
  throw new Error('Nothing was thrown')
}

function standardSchema(validate: StandardSchema['~standard']['validate']): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}
