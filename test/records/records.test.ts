import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isChatError, type ChatError } from '../../src/index.ts'
import { decodeEvent, encodeEvent } from '../../src/records/stored-event.ts'
import { decodeResult, encodeResult } from '../../src/records/stored-result.ts'
import { resultOf, START, token } from '../support/chat-events.ts'
import { anyEvent, anyResult } from './any-event.ts'

const RECORDS = [
  { name: 'an event', decode: decodeEvent, record: encodeEvent(START) },
  { name: 'a result', decode: decodeResult, record: encodeResult(resultOf('SECRET')) },
]

describe('encodeEvent and decodeEvent', () => {
  it('return any event as it was', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(decodeEvent(encodeEvent(event))).toStrictEqual(event)
      }),
    )
  })

  it('write one line of JSON, with the version of the record next to that of the protocol', () => {
    expect(encodeEvent(START)).not.toContain('\n')
    expect(JSON.parse(encodeEvent(START))).toEqual({ v: 1, value: START })
  })

  it('reject an event of another protocol version, and one of an unknown type', () => {
    expect(refusalOf(decodeEvent, JSON.stringify({ v: 1, value: { ...START, v: 2 } })).code).toBe('store-unavailable')
    const unknown = JSON.stringify({ v: 1, value: { type: 'dance', seq: 0 } })
    expect(refusalOf(decodeEvent, unknown).code).toBe('store-unavailable')
  })

  it.each([-1, 0.5, null, '1'])('reject the seq %j', (seq) => {
    const record = JSON.stringify({ v: 1, value: { ...token('x', { seq: 1, at: 0 }), seq } })
    expect(refusalOf(decodeEvent, record).code).toBe('store-unavailable')
  })
})

describe('encodeResult and decodeResult', () => {
  it('return any result as it was', () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        expect(decodeResult(encodeResult(result))).toStrictEqual(result)
      }),
    )
  })

  it('F47: drop keys that change the prototype of an object, at any depth of the metadata', () => {
    const [json, nested] = ['{"__proto__":{"admin":true},"kept":1}', '"metadata":{"list":[{}],"deep":{}}']
    const source = { number: 1, sourceId: 's', documentId: 'd', chunkId: 'c', title: 't', text: 'x' }
    const stored = { ...resultOf('x'), sources: [{ ...source, metadata: { list: [{}], deep: {} } }] }
    const record = encodeResult(stored).replace(nested, nested.replaceAll('{}', json))
    const metadata = decodeResult(record).sources[0]?.metadata
    expect(JSON.stringify(metadata)).toBe('{"list":[{"kept":1}],"deep":{"kept":1}}')
    expect('admin' in Object(metadata?.['deep'])).toBe(false)
  })
})

describe.each(RECORDS)('a record of $name', ({ name, decode, record }) => {
  it('F43: is rejected when its version is newer, and both versions are named', () => {
    const error = refusalOf(decode, record.replace('"v":1', '"v":7'))
    expect(error.message).toBe(`Cannot read ${name} of version 7: this server reads up to version 1`)
    expect(error).toMatchObject({ code: 'store-unavailable', retryable: false })
  })

  it('is read without its unknown fields', () => {
    const extended = record.replace('"value":{', '"more":1,"value":{"later":{"a":1},')
    expect(decode(extended)).toStrictEqual(decode(record))
  })

  it.each([
    '',
    'SECRET',
    '"SECRET"',
    'null',
    '[]',
    '{"value":"SECRET"}',
    '{"v":"1","value":{}}',
    '{"v":0,"value":{}}',
    '{"v":1.5,"value":{}}',
    '{"v":1}',
    '{"v":1,"value":{"SECRET":"SECRET"}}',
    `${'['.repeat(100_000)}`,
    record.slice(0, -1),
  ])('is rejected when it is %j, and the error does not quote it', (garbage) => {
    const error = refusalOf(decode, garbage)
    expect(error.code).toBe('store-unavailable')
    expect(error.message).toContain(`Cannot read ${name}: `)
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('SECRET')
  })

  it('is either rejected or read, after any change', () => {
    const anyCut = fc.record({ from: fc.nat(record.length), to: fc.nat(record.length), put: fc.string() })
    fc.assert(
      fc.property(anyCut, ({ from, to, put }) => {
        const changed = record.slice(0, Math.min(from, to)) + put + record.slice(Math.max(from, to))
        expect(outcomeOf(decode, changed)).toSatisfy((outcome) => !(outcome instanceof Error) || isChatError(outcome))
      }),
    )
  })
})

function outcomeOf(decode: (record: string) => unknown, record: string): unknown {
  try {
    return decode(record)
  } catch (thrown) {
    return thrown
  }
}

function refusalOf(decode: (record: string) => unknown, record: string): ChatError {
  const outcome = outcomeOf(decode, record)
  if (isChatError(outcome)) return outcome
  throw new TypeError(`The record was not refused with a ChatError: ${String(outcome)}`)
}
