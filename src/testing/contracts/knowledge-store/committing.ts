import { deepEqual, equal, ok } from 'node:assert/strict'
import type { IndexChange } from '../../../knowledge/store/knowledge-store.ts'
import { adding, build, SPACE, storedChunk, storedDocument } from './build.ts'
import { placesOf, refuses, type KnowledgeStoreCheck } from './calls.ts'

/** Declares checks of the state and of what a commit changes. */
export function declareCommitting(check: KnowledgeStoreCheck): void {
  declareState(check)
  declareDocuments(check)
  declareClearing(check)
}

function declareState(check: KnowledgeStoreCheck): void {
  check('begins empty', async ({ state, document, manifest, findTerms, findVectors }) => {
    const { revision, ...rest } = await state()
    ok(typeof revision === 'string' && revision !== '', 'there is no revision')
    deepEqual(rest, { documents: 0, chunks: 0 })
    deepEqual(
      [await document('a'), await manifest(), await findTerms('x'), await findVectors('x')],
      [undefined, [], [], []],
    )
  })

  check(
    'counts documents and chunks, and returns the state after a commit',
    async ({ hasVectors, put, remove, state }) => {
      const embedding = hasVectors && { embedding: SPACE }
      const first = await put(build('a', ['one', 'two']), build('b', 'three'), build('none', []))
      deepEqual(first, { revision: first.revision, ...embedding, documents: 3, chunks: 3 })
      deepEqual(await state(), first)
      const second = await remove('a')
      deepEqual(second, { revision: second.revision, ...embedding, documents: 2, chunks: 1 })
      deepEqual(await state(), second)
    },
  )

  check('changes its revision with every commit, and repeats none after it was emptied', async (calls) => {
    const { commit, put, remove, state } = calls
    const revisions = [(await state()).revision]
    for (let round = 0; round < 3; round++) {
      revisions.push((await put(build('a', 'one'))).revision)
      revisions.push((await remove('a')).revision)
      revisions.push((await commit({ clear: true })).revision)
    }
    equal(new Set(revisions).size, revisions.length, `a revision was repeated: ${revisions.join(', ')}`)
    equal((await state()).revision, revisions.at(-1), 'the revision changed without a commit')
  })

  check('returns a document with its chunks as they were committed', async ({ put, document }) => {
    const written = build('a', ['one', 'two', 'three'], { version: 'v1', title: 'A' })
    await put(written, build('b', 'four'))
    deepEqual(await document('a'), { document: storedDocument(written), chunks: written.chunks.map(storedChunk) })
    equal(await document({ scope: '', documentId: 'a' }), undefined)
  })
}

function declareDocuments(check: KnowledgeStoreCheck): void {
  check('replaces all chunks of a document', async ({ hasVectors, put, document, findTerms, findVectors }) => {
    await put(build('a', ['old one', 'old two', 'old three']), build('b', 'other'))
    const written = build('a', ['new one'], { hash: 'h2' })
    await put(written)
    deepEqual(await document('a'), { document: storedDocument(written), chunks: written.chunks.map(storedChunk) })
    deepEqual(placesOf(await findTerms('old')), [])
    deepEqual(placesOf(await findTerms('new one two three')), ['a#0'])
    if (hasVectors) deepEqual(placesOf(await findVectors('old two')).toSorted(), ['a#0', 'b#0'])
    await put(build('a', []))
    deepEqual(
      [...placesOf(await findTerms('new one')), ...placesOf(await findVectors('new one'))],
      hasVectors ? ['b#0'] : [],
    )
    equal((await document('a'))?.chunks.length, 0)
  })

  check(
    'removes documents, and ignores unknown keys',
    async ({ hasVectors, put, commit, manifest, findTerms, findVectors }) => {
      await put(build('a', ['one', 'one two']), build('b', 'one'))
      await commit({
        removals: [
          { scope: 'ann', documentId: 'a' },
          { scope: 'ann', documentId: 'unknown' },
          { scope: 'unknown', documentId: 'b' },
        ],
      })
      deepEqual(
        (await manifest()).map(({ documentId }) => documentId),
        ['b'],
      )
      deepEqual(placesOf(await findTerms('one two')), ['b#0'])
      if (hasVectors) deepEqual(placesOf(await findVectors('one two')), ['b#0'])
    },
  )

  check(
    'changes versions and nothing else, and ignores unknown keys and other hashes',
    async ({ put, commit, manifest, document }) => {
      const written = build('a', ['one', 'two'], { version: 'v1', title: 'A', metadata: { x: 1 } })
      await put(written, build('b', 'three', { version: 'v1' }), build('d', 'four', { version: 'v1' }))
      await commit({
        versions: [
          { scope: 'ann', documentId: 'a', hash: written.hash, version: 'v2' },
          { scope: 'ann', documentId: 'b', hash: 'hash of b', version: undefined },
          { scope: 'ann', documentId: 'c', hash: 'hash of c', version: 'v2' },
          { scope: 'ann', documentId: 'd', hash: 'hash of another content', version: 'v2' },
        ],
      })
      deepEqual(await manifest(), [
        { scope: 'ann', documentId: 'a', hash: written.hash, version: 'v2' },
        { scope: 'ann', documentId: 'b', hash: 'hash of b' },
        { scope: 'ann', documentId: 'd', hash: 'hash of d', version: 'v1' },
      ])
      deepEqual(await document('a'), {
        document: { ...storedDocument(written), version: 'v2' },
        chunks: written.chunks.map(storedChunk),
      })
    },
  )

  check('adds, removes and changes versions in one commit', async ({ hasVectors, put, commit, manifest }) => {
    await put(build('a', 'one'), build('b', 'two'))
    await commit({
      ...adding([build('c', 'three')], hasVectors),
      removals: [{ scope: 'ann', documentId: 'a' }],
      versions: [{ scope: 'ann', documentId: 'b', hash: 'hash of b', version: 'v2' }],
    })
    deepEqual(
      (await manifest()).map(({ documentId, version }) => [documentId, version]),
      [
        ['b', 'v2'],
        ['c', undefined],
      ],
    )
  })
}

function declareClearing(check: KnowledgeStoreCheck): void {
  check('empties the index first if a change says so', async (calls) => {
    const { hasVectors, put, commit, manifest, findTerms, findVectors } = calls
    await put(build('a', ['one', 'two']), build('b', 'one', { scope: 'bob' }))
    const state = await commit({ clear: true, ...adding([build('c', 'one')], hasVectors) })
    deepEqual([state.documents, state.chunks], [1, 1])
    deepEqual(
      [...(await manifest()), ...(await manifest('bob'))].map(({ documentId }) => documentId),
      ['c'],
    )
    deepEqual(placesOf(await findTerms('one two', { scopes: ['ann', 'bob'] })), ['c#0'])
    if (hasVectors) deepEqual(placesOf(await findVectors('one', { scopes: ['ann', 'bob'] })), ['c#0'])
    const emptied = await commit({ clear: true })
    deepEqual(emptied, { revision: emptied.revision, documents: 0, chunks: 0 })
  })

  check('accepts vectors of another space once it is emptied', async ({ hasVectors, put, commit, findVectors }) => {
    await put(build('a', 'one'))
    if (!hasVectors) return
    const { chunks, ...document } = build('b', 'one')
    const change: IndexChange = {
      documents: [{ ...document, chunks: chunks.map((chunk) => ({ ...chunk, vector: Float32Array.of(0.6, 0.8) })) }],
      embedding: { embedderId: 'other', dimensions: 2 },
    }
    await refuses(commit(change), 'a vector of another space')
    const state = await commit({ ...change, clear: true })
    deepEqual(state.embedding, { embedderId: 'other', dimensions: 2 })
    const [hit] = await findVectors(Float32Array.of(0, 1))
    ok(hit && Math.abs(hit.score - 0.8) < 1e-6, 'the vector was not found')
  })
}
