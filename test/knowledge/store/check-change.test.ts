import { describe, expect, it } from 'vitest'
import { expectChange, spaceAfter } from '../../../src/knowledge/store/check-change.ts'
import type { EmbeddingSpace, IndexChange } from '../../../src/knowledge/store/knowledge-store.ts'

const SPACE: EmbeddingSpace = { embedderId: 'e', dimensions: 2 }
const CHUNK = { chunkId: '0', text: 'one', start: 0, end: 3, terms: ['one'] }
const DOCUMENT = { scope: '', documentId: 'a', hash: 'h', chunks: [CHUNK] }
const RECTANGLE = { x: 0, y: 0, width: 1, height: 1, start: 0, end: 3 }

/** Checks a value as a change, as a caller without types passes it. */
function check(change: unknown): void {
  expectChange(change as IndexChange)
}

function ofChunk(fields: object, space?: EmbeddingSpace): unknown {
  return { documents: [{ ...DOCUMENT, chunks: [CHUNK, { ...CHUNK, chunkId: '1', ...fields }] }], embedding: space }
}

describe('expectChange', () => {
  it.each<[unknown]>([
    [{}],
    [
      {
        clear: true,
        documents: [DOCUMENT],
        removals: [{ scope: 's', documentId: 'a' }],
        versions: [{ scope: '', documentId: 'b', hash: 'h' }],
      },
    ],
    [ofChunk({ page: 1, section: ['A'], url: 'https://a.example', rectangles: [RECTANGLE] })],
    [
      {
        documents: [
          {
            ...DOCUMENT,
            title: '',
            version: '',
            metadata: { a: undefined, b: [{ c: null }], ...JSON.parse('{"__proto__": 1}') },
          },
        ],
      },
    ],
    [{ documents: [{ ...DOCUMENT, chunks: [{ ...CHUNK, vector: Float32Array.of(0.6, 0.8) }] }], embedding: SPACE }],
  ])('accepts %j', (change) => {
    expect(() => check(change)).not.toThrow()
  })

  it.each<[string, unknown, string]>([
    ['change', [], 'it must be an object, and it is an array'],
    ['documents', { documents: {} }, 'it must be a list, and it is an object'],
    ['documents[0]', { documents: [null] }, 'it must be an object, and it is null'],
    [
      'documents[0].scope',
      { documents: [{ ...DOCUMENT, scope: undefined }] },
      'it must be a string, and it is undefined',
    ],
    ['documents[0].documentId', { documents: [{ ...DOCUMENT, documentId: '' }] }, 'it is empty'],
    [
      'documents[0].documentId',
      { documents: [{ ...DOCUMENT, documentId: 'é'.repeat(513) }] },
      'it has 1026 bytes, and the limit is 1024',
    ],
    [
      'documents[0].documentId',
      { documents: [{ ...DOCUMENT, documentId: 'a\0' }] },
      'it contains a NUL character; replace it',
    ],
    [
      'documents[0].scope',
      { documents: [{ ...DOCUMENT, scope: '\ud83d' }] },
      'it contains an unpaired surrogate; replace it',
    ],
    ['documents[0].hash', { documents: [{ ...DOCUMENT, hash: 1 }] }, 'it must be a string, and it is a number'],
    ['documents[0].title', { documents: [{ ...DOCUMENT, title: null }] }, 'it must be a string, and it is null'],
    [
      'documents[0].chunks',
      { documents: [{ ...DOCUMENT, chunks: undefined }] },
      'it must be a list, and it is undefined',
    ],
    ['removals[0].documentId', { removals: [{ scope: '' }] }, 'it must be a string, and it is undefined'],
    [
      'versions[0].version',
      { versions: [{ scope: '', documentId: 'a', hash: 'h', version: 1 }] },
      'it must be a string, and it is a number',
    ],
    [
      'embedding.dimensions',
      { embedding: { embedderId: 'e', dimensions: 0 } },
      'it must be a whole number from 1 to 16384, and it is 0',
    ],
    ['embedding.embedderId', { embedding: { embedderId: '', dimensions: 2 } }, 'it is empty'],
  ])('rejects a wrong %s of %j', (field, change, reason) => {
    expect(() => check(change)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        field,
        message: expect.stringContaining(`Cannot index ${field}: ${reason}`),
      }),
    )
  })

  it.each<[string, object, string]>([
    ['chunkId', { chunkId: '0' }, "documents[0].chunks[0] has the same chunkId '0'"],
    ['text', { text: 'a\0b' }, 'it contains a NUL character'],
    ['start', { start: -1 }, 'it must be a whole number from 0, and it is -1'],
    ['start', { start: 0.5 }, 'it must be a whole number from 0, and it is 0.5'],
    ['end', { start: 4 }, 'it must be a whole number from 4, and it is 3'],
    ['page', { page: 0 }, 'it must be a whole number from 1'],
    ['url', { url: 1 }, 'it must be a string, and it is a number'],
    ['section', { section: 'A' }, 'it must be a list, and it is a string'],
    ['section[1]', { section: ['A', 1] }, 'it must be a string, and it is a number'],
    ['rectangles[0].width', { rectangles: [{ ...RECTANGLE, width: Number.NaN }] }, 'it must be a finite number'],
    [
      'rectangles[0].end',
      { rectangles: [{ ...RECTANGLE, end: -1 }] },
      'it must be a whole number from 0, and it is -1',
    ],
    ['terms', { terms: undefined }, 'it must be a list, and it is undefined'],
    ['terms[1]', { terms: ['one', ''] }, 'it must be a string that is not empty'],
    [
      'terms[0]',
      { terms: ['\udc00'] },
      'it must be a string that is not empty and has no NUL character or unpaired surrogate',
    ],
  ])('rejects a wrong %s of a chunk: %j', (name, fields, reason) => {
    const field = `documents[0].chunks[1].${name}`
    expect(() => check(ofChunk(fields))).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        field,
        message: expect.stringContaining(`Cannot index ${field}: ${reason}`),
      }),
    )
  })

  it.each<[string, unknown, string]>([
    ['metadata', new Map(), 'it must be a plain object, and it is a Map'],
    ['metadata.a', { a: new Date(0) }, 'JSON cannot hold a Date'],
    ['metadata.a', { a: () => 1 }, 'JSON cannot hold a function'],
    ['metadata.a', { a: 1n }, 'JSON cannot hold a bigint'],
    ['metadata.a[0]', { a: [undefined] }, 'JSON cannot hold undefined'],
    ['metadata.a.b', { a: { b: Number.NaN } }, 'it must be a finite number, and it is NaN'],
    ['metadata.a', { a: '\ud83d' }, 'it contains an unpaired surrogate'],
    ['metadata', { 'a\0': 1 }, 'the name of a field contains a NUL character'],
    ['metadata.toJSON', { toJSON: () => ({}) }, 'JSON cannot hold a function'],
  ])('rejects %s that JSON would change', (name, metadata, reason) => {
    const field = `documents[0].${name}`
    expect(() => check({ documents: [{ ...DOCUMENT, metadata }] })).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        field,
        message: expect.stringContaining(`Cannot index ${field}: ${reason}`),
      }),
    )
  })

  it('rejects metadata that is nested too deep, or in a circle', () => {
    const circle: Record<string, unknown> = {}
    circle['again'] = [circle]
    expect(() => check({ documents: [{ ...DOCUMENT, metadata: circle }] })).toThrow(
      'it is nested more than 64 levels deep',
    )
  })

  it.each<[string, unknown]>([
    ['documents[1]', { documents: [DOCUMENT, DOCUMENT] }],
    ['removals[0]', { documents: [DOCUMENT], removals: [DOCUMENT] }],
    ['removals[1]', { removals: [DOCUMENT, DOCUMENT] }],
    ['versions[0]', { removals: [DOCUMENT], versions: [{ scope: '', documentId: 'a', hash: 'h', version: 'v' }] }],
  ])('rejects a document that a change names twice, in %s', (field, change) => {
    expect(() => check(change)).toThrow(
      expect.objectContaining({ field, message: expect.stringContaining('may name it once') }),
    )
  })

  it.each<[object, EmbeddingSpace | undefined]>([
    [{ vector: Float32Array.of(1) }, SPACE],
    [{ vector: Float32Array.of(3, 4) }, SPACE],
    [{ vector: Float32Array.of(Number.NaN, 1) }, SPACE],
    [{ vector: [0.6, 0.8] }, SPACE],
    [{}, SPACE],
    [{ vector: Float32Array.of(0.6, 0.8) }, undefined],
  ])('rejects the vector of %j in the space %j with a RangeError', (fields, space) => {
    const first = space ? { ...CHUNK, vector: Float32Array.of(0.6, 0.8) } : CHUNK
    const change = {
      documents: [{ ...DOCUMENT, chunks: [first, { ...CHUNK, chunkId: '1', ...fields }] }],
      embedding: space,
    }
    expect(() => check(change)).toThrow(RangeError)
    expect(() => check(change)).toThrow(expect.objectContaining({ field: 'documents[0].chunks[1].vector' }))
  })
})

describe('spaceAfter', () => {
  const filled = { embedding: SPACE, chunks: 1 }
  const documents = [DOCUMENT]

  it('returns the space of the index, or of its first vectors', () => {
    expect(spaceAfter({}, filled)).toEqual(SPACE)
    expect(spaceAfter({ documents, embedding: SPACE }, filled)).toEqual(SPACE)
    expect(spaceAfter({ documents, embedding: SPACE }, { chunks: 0 })).toEqual(SPACE)
    expect(spaceAfter({ documents }, { chunks: 1 })).toBeUndefined()
    expect(spaceAfter({ clear: true, documents }, filled)).toBeUndefined()
    expect(spaceAfter({ clear: true, embedding: { ...SPACE, dimensions: 3 } }, filled)).toEqual({
      ...SPACE,
      dimensions: 3,
    })
    expect(spaceAfter({ documents: [{ ...DOCUMENT, chunks: [] }] }, filled)).toEqual(SPACE)
  })

  it.each<[IndexChange, string]>([
    [
      { embedding: { ...SPACE, embedderId: 'f' } },
      "has vectors of 'e' with 2 dimensions, and the change has vectors of 'f' with 2 dimensions",
    ],
    [{ embedding: { ...SPACE, dimensions: 3 } }, "the change has vectors of 'e' with 3 dimensions"],
    [{ documents }, 'and the change has none'],
  ])('rejects %j in an index with vectors, and says what to do', (change, reason) => {
    expect(() => spaceAfter(change, filled)).toThrow(RangeError)
    expect(() => spaceAfter(change, filled)).toThrow(reason)
    expect(() => spaceAfter(change, filled)).toThrow('index all documents again in a change with clear: true')
  })

  it('rejects vectors in an index of chunks without vectors', () => {
    expect(() => spaceAfter({ documents, embedding: SPACE }, { chunks: 1 })).toThrow(
      'the index has chunks without vectors',
    )
  })
})
