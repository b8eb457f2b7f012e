import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import type { IndexedDocument, StoredChunk } from '../../../knowledge/store/knowledge-store.ts'
import { adding, build, storedChunk, storedDocument } from './build.ts'
import { type KnowledgeStoreCheck } from './calls.ts'

const METADATA = {
  text: '猫 "quoted" \\ \u2028 😀',
  empty: '',
  numbers: [0, 1.5, -1e-7, 1e21, 0.1, Number.MAX_SAFE_INTEGER],
  flags: [true, false, null],
  nested: { list: [[], {}, [{ deep: { deeper: 'x' } }]] },
  constructor: 'c',
  toString: 1,
  'a.b': 1,
  a: { b: 2 },
  $price: 3,
  '': 'no name',
  ...(JSON.parse('{"__proto__": {"polluted": true}}') as object),
}

const PLACE: Partial<StoredChunk> = {
  page: 3,
  section: ['Guide', 'A "part" / 猫', ''],
  verbatimEnd: 2,
  url: 'https://a.example/?q=1&r=%20#page=3:~:text=x',
  rectangles: [
    { x: 72.5, y: 0.1, width: 100, height: 1 / 3, start: 0, end: 3 },
    { x: -1, y: 0, width: 0, height: 12, start: 3, end: 3 },
  ],
}

/** Declares checks that all fields come back. */
export function declareFields(check: KnowledgeStoreCheck): void {
  check('returns every field of a document and a chunk', async (calls) => {
    const { hasVectors, put, document, findTerms, findVectors, manifest } = calls
    const written = everyField()
    await put(written, build('b', 'other'))
    const expected = { document: storedDocument(written), chunks: written.chunks.map(storedChunk) }
    deepEqual(await document('a'), expected)
    const [byTerms] = await findTerms('two')
    const [byVector] = hasVectors ? await findVectors('two') : [byTerms]
    for (const hit of [byTerms, byVector]) {
      ok(hit, 'the chunk was not found')
      const { score, ...rest } = hit
      equal(typeof score, 'number')
      deepEqual(rest, { document: expected.document, chunk: expected.chunks[1], position: 1 })
    }
    const { scope, documentId, hash, version } = written
    deepEqual((await manifest())[0], { scope, documentId, hash, version })
    equal(Reflect.get({}, 'polluted'), undefined)
  })

  check('returns no field that a document does not have', async ({ put, document, findTerms, manifest }) => {
    await put(build('a', 'one'))
    const expected = { scope: 'ann', documentId: 'a', hash: 'hash of a' }
    const chunk = { chunkId: '0', text: 'one', start: 0, end: 3 }
    deepEqual(await document('a'), { document: expected, chunks: [chunk] })
    const [hit] = await findTerms('one')
    deepEqual([hit?.document, hit?.chunk, await manifest()], [expected, chunk, [expected]])
  })

  check('keeps its values when the caller changes its own later', async (calls) => {
    const { hasVectors, store, document, findTerms, findVectors } = calls
    const own = structuredClone(everyField())
    await store.commit(adding([own], hasVectors), { signal: new AbortController().signal })
    const before = [await document('a'), await findTerms('two'), await findVectors('two')]
    scramble(own)
    deepEqual([await document('a'), await findTerms('two'), await findVectors('two')], before)
  })

  check('keeps its values when the caller changes what it returned', async (calls) => {
    const { put, document, findTerms, findVectors } = calls
    await put(everyField())
    const read = async () => [await document('a'), await findTerms('two'), await findVectors('two')]
    const expected = structuredClone(await read())
    for (const value of await read()) scramble(value)
    deepEqual(await read(), expected)
    notEqual(await findTerms('two'), await findTerms('two'))
  })
}

function everyField(): IndexedDocument {
  const document = build('a', ['one', 'two'], { title: 'A 猫', version: 'v "1"', metadata: METADATA })
  const [first, second] = document.chunks
  return first && second ? { ...document, chunks: [first, { ...second, ...PLACE }] } : document
}

/** Changes every value that is not frozen. */
function scramble(value: unknown): void {
  if (value instanceof Float32Array) value.fill(0)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  for (const [key, inner] of Object.entries(value)) {
    scramble(inner)
    // An assignment would throw for a frozen object.
    Reflect.set(value, key, 'changed')
  }
  if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0
}
