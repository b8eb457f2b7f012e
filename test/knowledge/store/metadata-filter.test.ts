import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareBytes,
  expectFilter,
  matchesFilter,
  type MetadataFilter,
} from '../../../src/knowledge/store/metadata-filter.ts'

type Metadata = Readonly<Record<string, unknown>>

function matches(metadata: Metadata | undefined, filter: unknown): boolean {
  return matchesFilter({ documentId: 'doc', metadata }, expectFilter(filter))
}

const OWN_PROTO: Metadata = JSON.parse('{"__proto__": "own"}')

describe('matchesFilter', () => {
  it.each<[Metadata | undefined, unknown, boolean]>([
    [undefined, {}, true],
    [{ a: 1 }, undefined, true],
    [{ a: 1 }, { a: 1 }, true],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: 1 }, { a: true }, false],
    [{ a: 0 }, { a: -0 }, true],
    [{ a: 0 }, { a: false }, false],
    [{ a: '' }, { a: '' }, true],
    [{ a: '' }, { a: null }, false],
    [{ a: 'x', b: 1 }, { a: 'x', b: 2 }, false],
    [{ a: 1 }, { a: { $eq: 1 } }, true],
    [{ a: 1 }, { a: { $ne: 1 } }, false],
    [{ a: 1 }, { a: { $ne: '1' } }, true],
    [{ a: 1 }, { b: { $ne: 1 } }, true],
    [{ a: 1 }, { a: { $in: [2, 1] } }, true],
    [{ a: 1 }, { a: { $in: [] } }, false],
    [{ a: 1 }, { a: { $nin: [] } }, true],
    [{ a: 1 }, { a: { $nin: [1] } }, false],
    [{ a: 1 }, { b: { $nin: [1] } }, true],
    [{ a: 2 }, { a: { $gt: 1, $lt: 3 } }, true],
    [{ a: 2 }, { a: { $gt: 2 } }, false],
    [{ a: 2 }, { a: { $gte: 2, $lte: 2 } }, true],
    [{ a: '2' }, { a: { $gt: 1 } }, false],
    [{ a: true }, { a: { $gte: 0 } }, false],
    [{ a: null }, { a: { $lte: 0 } }, false],
    [{}, { a: { $lt: 9 } }, false],
    [{ a: { b: 1 } }, { a: { $gt: 0 } }, false],
    [{ a: 'b' }, { a: { $gt: 'a', $lt: 'c' } }, true],
    [{ a: 'a' }, { a: { $gt: 'B' } }, true],
    [{ a: '😀' }, { a: { $gt: '\uFFFD' } }, true],
    [{ a: 'a.b' }, { 'a.b': 'x' }, false],
    [{ 'a.b': 'x' }, { 'a.b': 'x' }, true],
    [{ '': 1 }, { '': 1 }, true],
  ])('of %j and %j is %j', (metadata, filter, expected) => {
    expect(matches(metadata, filter)).toBe(expected)
  })

  it.each<[Metadata, unknown, boolean]>([
    [{ a: ['x', 'y'] }, { a: 'y' }, true],
    [{ a: ['x', 'y'] }, { a: 'z' }, false],
    [{ a: ['x', 'y'] }, { a: { $ne: 'y' } }, false],
    [{ a: ['x', 'y'] }, { a: { $in: ['y', 'z'] } }, true],
    [{ a: ['x', 'y'] }, { a: { $nin: ['y'] } }, false],
    [{ a: [1, 9] }, { a: { $gt: 5 } }, true],
    [{ a: [1, 9] }, { a: { $gt: 3, $lt: 5 } }, true],
    [{ a: [1, 'b'] }, { a: { $gt: 'a' } }, true],
    [{ a: [] }, { a: { $exists: true } }, true],
    [{ a: [] }, { a: null }, false],
    [{ a: [] }, { a: { $ne: 'x' } }, true],
    [{ a: [null] }, { a: null }, true],
    [{ a: [[1]] }, { a: 1 }, false],
    [{ a: { length: 1, 0: 'x' } }, { a: 'x' }, false],
  ])('lets one element of an array fulfil a condition: %j and %j is %j', (metadata, filter, expected) => {
    expect(matches(metadata, filter)).toBe(expected)
  })

  it.each<[Metadata | undefined, unknown, boolean]>([
    [{ a: null }, { a: null }, true],
    [{}, { a: null }, true],
    [undefined, { a: null }, true],
    [{ a: undefined }, { a: null }, true],
    [{ a: 0 }, { a: null }, false],
    [{ a: null }, { a: { $ne: null } }, false],
    [{ a: 0 }, { a: { $ne: null } }, true],
    [{}, { a: { $in: [1, null] } }, true],
    [{}, { a: { $nin: [1, null] } }, false],
    [{ a: null }, { a: { $exists: false } }, true],
    [{ a: null }, { a: { $exists: true } }, false],
    [{}, { a: { $exists: false } }, true],
    [{ a: false }, { a: { $exists: true } }, true],
    [{ a: {} }, { a: { $exists: true } }, true],
  ])('treats null like an absent field: %j and %j is %j', (metadata, filter, expected) => {
    expect(matches(metadata, filter)).toBe(expected)
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'reads %s as a field of the user only',
    (key) => {
      const filterOf = (condition: unknown) => JSON.parse(`{${JSON.stringify(key)}: ${JSON.stringify(condition)}}`)
      const own: Metadata = JSON.parse(`{${JSON.stringify(key)}: "own"}`)
      expect(matches({}, filterOf({ $exists: true }))).toBe(false)
      expect(matches({}, filterOf(null))).toBe(true)
      expect(matches(undefined, filterOf('own'))).toBe(false)
      expect(matches(own, filterOf('own'))).toBe(true)
      expect(matches(own, filterOf({ $ne: 'own' }))).toBe(false)
      expect(matches(Object.create(own), filterOf({ $exists: true }))).toBe(false)
    },
  )

  it.each<[unknown, boolean]>([
    [{ $documentId: 'doc' }, true],
    [{ $documentId: 'DOC' }, false],
    [{ $documentId: { $in: ['a', 'doc'] } }, true],
    [{ $documentId: { $gt: 'do', $lt: 'dp' } }, true],
    [{ $documentId: null }, false],
    [{ $documentId: { $exists: true } }, true],
    [{ documentId: 'doc' }, false],
  ])('compares the id of the document: %j is %j', (filter, expected) => {
    expect(matches({ a: 1 }, filter)).toBe(expected)
  })

  it.each<[unknown, boolean]>([
    [{ $and: [{ a: 1 }, { b: 2 }] }, true],
    [{ $and: [{ a: 1 }, { b: 3 }] }, false],
    [{ $or: [{ a: 0 }, { b: 2 }] }, true],
    [{ $or: [{ a: 0 }, { b: 0 }] }, false],
    [{ $or: [{ a: 1 }], b: 0 }, false],
    [{ $not: { a: 1 } }, false],
    [{ $not: { a: 0 } }, true],
    [{ $not: { a: 1, b: 0 } }, true],
    [{ $not: { $not: { a: 1 } } }, true],
    [{ $not: {} }, false],
    [{ $or: [{}] }, true],
  ])('combines filters: %j is %j', (filter, expected) => {
    expect(matches({ a: 1, b: 2 }, filter)).toBe(expected)
  })

  it('holds for a filter or for its negation, never for both', () => {
    const value = fc.oneof(
      fc.constantFrom('a', 'b', '😀', ''),
      fc.integer({ min: -2, max: 2 }),
      fc.boolean(),
      fc.constant(null),
    )
    const metadata = fc.dictionary(
      fc.constantFrom('a', 'b', '__proto__'),
      fc.oneof(value, fc.array(value, { maxLength: 3 })),
    )
    const condition = fc.oneof(
      value,
      fc.record(
        { $eq: value, $ne: value, $in: fc.array(value), $nin: fc.array(value), $exists: fc.boolean() },
        { requiredKeys: ['$ne'] },
      ),
      fc.record({ $gt: fc.constantFrom('a', 0), $lte: fc.constantFrom('b', 1) }, { requiredKeys: ['$lte'] }),
    )
    const filter = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), condition)
    fc.assert(
      fc.property(metadata, filter, filter, (fields, one, other) => {
        const [first, second] = [matches(fields, one), matches(fields, other)]
        expect(matches(fields, { $not: one })).toBe(!first)
        expect(matches(fields, { $and: [one, other] })).toBe(first && second)
        expect(matches(fields, { $or: [one, other] })).toBe(first || second)
      }),
    )
  })
})

describe('expectFilter', () => {
  it('returns a frozen copy that later changes do not reach', () => {
    const list = ['a']
    const filter = { $or: [{ a: { $in: list } }, OWN_PROTO] }
    const copy = expectFilter(filter)
    expect(copy).toStrictEqual({ $or: [{ a: { $in: ['a'] } }, OWN_PROTO] })
    list.push('b')
    filter.$or.push({ a: { $in: [] } })
    expect(copy).toStrictEqual({ $or: [{ a: { $in: ['a'] } }, OWN_PROTO] })
    expect([copy, copy?.$or, copy?.$or?.[0], copy?.$or?.[0]?.['a']].every(Object.isFrozen)).toBe(true)
  })

  it('reads a field with a getter once, so that the checked value is the one that is used', () => {
    let reads = 0
    const filter = {
      get a() {
        reads += 1
        return reads === 1 ? 1 : { $where: 'true' }
      },
    }
    expect(expectFilter(filter)).toStrictEqual({ a: 1 })
    expect(reads).toBe(1)
  })

  it.each<[string, unknown, string]>([
    ['null', null, 'Cannot filter by filter: a filter must be an object'],
    ['a list', [{ a: 1 }], 'Cannot filter by filter: a filter must be an object'],
    ['a string', "a = 'b'", 'Cannot filter by filter: a filter must be an object'],
    ['a function', () => true, 'Cannot filter by filter: a filter must be an object'],
    ['a Map', new Map([['a', 1]]), 'Cannot filter by filter: a filter must be an object'],
    ['a Date', new Date(0), 'Cannot filter by filter: a filter must be an object'],
    ['an inherited filter', Object.create({ a: 1 }), 'Cannot filter by filter: a filter must be an object'],
    ['a prototype', { __proto__: { a: 1 } }, 'Cannot filter by filter: a filter must be an object'],
    ['an unknown combination', { $nor: [{ a: 1 }] }, 'Cannot filter by filter.$nor: $nor is not known here'],
    ['code', { $where: 'true' }, 'Cannot filter by filter.$where: $where is not known here'],
    ['an unknown operator', { a: { $regex: '.' } }, 'Cannot filter by filter.a.$regex: use $eq'],
    ['a nested field', { a: { b: 1 } }, 'Cannot filter by filter.a.b: use $eq'],
    [
      'an operator of the prototype',
      { a: JSON.parse('{"__proto__": 1}') },
      'Cannot filter by filter.a.__proto__: use $eq',
    ],
    ['no alternatives', { $or: [] }, 'Cannot filter by filter.$or: it must be a list of filters that is not empty'],
    ['alternatives that are no list', { $or: { a: 1 } }, 'Cannot filter by filter.$or: it must be a list'],
    ['an alternative that is absent', { $or: [{ a: 1 }, undefined] }, 'Cannot filter by filter.$or[1]: a filter must'],
    ['a hole', { $and: Array.from({ length: 2, 0: { a: 1 } }) }, 'Cannot filter by filter.$and[1]: a filter must'],
    ['a negation of a list', { $not: [{ a: 1 }] }, 'Cannot filter by filter.$not: a filter must be an object'],
    ['an undefined field', { a: undefined }, 'Cannot filter by filter.a: it must be a string'],
    ['an undefined combination', { $and: undefined }, 'Cannot filter by filter.$and: it must be a list'],
    ['a field that is a list', { a: ['x'] }, 'such as { $in: [1] }'],
    ['a field that is a Date', { a: new Date(0) }, 'Cannot filter by filter.a: it must be a string'],
    ['NaN', { a: Number.NaN }, 'Cannot filter by filter.a: it must be a string'],
    ['a bigint', { a: 1n }, 'Cannot filter by filter.a: it must be a string'],
    ['no condition', { a: {} }, 'Cannot filter by filter.a: it has no condition'],
    ['$in without a list', { a: { $in: 'x' } }, 'Cannot filter by filter.a.$in: it must be a list of values'],
    ['$in of lists', { a: { $in: [['x']] } }, 'Cannot filter by filter.a.$in: it must be a list of values'],
    ['$gt of null', { a: { $gt: null } }, 'Cannot filter by filter.a.$gt: it must be a string or a finite number'],
    [
      '$lt of Infinity',
      { a: { $lt: Infinity } },
      'Cannot filter by filter.a.$lt: it must be a string or a finite number',
    ],
    ['$exists of a number', { a: { $exists: 1 } }, 'Cannot filter by filter.a.$exists: it must be true or false'],
    ['$eq of a list', { a: { $eq: [] } }, 'Cannot filter by filter.a.$eq: it must be a string'],
  ])('rejects %s', (_name, filter, message) => {
    expect(() => expectFilter(filter)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'filter', message: expect.stringContaining(message) }),
    )
  })

  it('accepts a depth of 16, and rejects more, also a circle', () => {
    let filter: MetadataFilter = { a: 1 }
    for (let depth = 0; depth < 16; depth++) filter = depth % 2 === 0 ? { $not: filter } : { $or: [filter] }
    expect(expectFilter(filter)).toStrictEqual(filter)
    expect(() => expectFilter({ $and: [filter] })).toThrow('filters may be nested at most 16 deep')
    const circle: Record<string, unknown> = {}
    circle['$not'] = circle
    expect(() => expectFilter(circle)).toThrow('filters may be nested at most 16 deep')
  })
})

describe('compareBytes', () => {
  it('orders texts like their UTF-8 bytes', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', '\0', 'é', '\uD7FF', '\uE000', '\uFFFF', '😀', '\u{10FFFF}'),
    })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })
})
