import { deepEqual, equal } from 'node:assert/strict'
import { AWKWARD_IDS, AWKWARD_PAIRS } from '../awkward-ids.ts'
import { build } from './build.ts'
import { expectHits, placesOf, type KnowledgeStoreCalls, type KnowledgeStoreCheck } from './calls.ts'
import { scanTerms, scanVectors } from './reference.ts'

/** Declares checks that scopes do not influence each other. */
export function declareScoping(check: KnowledgeStoreCheck): void {
  declareSearches(check)
  declareKeys(check)
}

function declareSearches(check: KnowledgeStoreCheck): void {
  check('finds only what is in the scopes of the search', async (calls) => {
    const { put } = calls
    await put(build('a', 'one two'), build('b', 'one two', { scope: 'bob' }), build('c', 'one two', { scope: '' }))
    deepEqual(await idsIn(calls, ['ann']), ['a'])
    deepEqual(await idsIn(calls, ['bob']), ['b'])
    deepEqual(await idsIn(calls, ['']), ['c'])
    deepEqual(await idsIn(calls, ['', 'ann']), ['a', 'c'])
    deepEqual(await idsIn(calls, ['an', 'ANN', 'ann ', '%', '*']), [])
    deepEqual(await idsIn(calls, []), [])
  })

  check('gives the same hits and scores whatever other scopes hold', async (calls) => {
    const { put } = calls
    await put(...Array.from({ length: 20 }, (_, index) => build(`a${index}`, wordsOf(index))))
    const before = await hitsIn(calls, ['ann'])
    await put(
      ...Array.from({ length: 60 }, (_, index) =>
        build(`a${index}`, [wordsOf(index), 'rare rare rare and much longer than the others are'], {
          scope: index % 2 === 0 ? 'bob' : '',
        }),
      ),
    )
    deepEqual(await hitsIn(calls, ['ann']), before)
  })

  check('gives the same hits and scores once documents of other scopes are removed', async (calls) => {
    const { put, commit } = calls
    const others = Array.from({ length: 20 }, (_, index) => build(`b${index}`, wordsOf(index), { scope: 'bob' }))
    await put(...Array.from({ length: 20 }, (_, index) => build(`a${index}`, wordsOf(index))), ...others)
    const before = await hitsIn(calls, ['ann'])
    await commit({ removals: others.map(({ scope, documentId }) => ({ scope, documentId })) })
    deepEqual(await hitsIn(calls, ['ann']), before)
  })

  check('ranks the chunks of several scopes together', async ({ hasVectors, put, findTerms, findVectors }) => {
    const documents = Array.from({ length: 40 }, (_, index) =>
      build(`d${index}`, wordsOf(index), { scope: ['', 'ann', 'bob'][index % 3] ?? '' }),
    )
    await put(...documents)
    const search = { scopes: ['', 'ann'], terms: new Map(Object.entries({ rare: 1, word3: 0.5, common: 1 })) }
    expectHits(await findTerms(search.terms, { scopes: search.scopes }), scanTerms(documents, search), {
      topK: 10,
      of: 'a search of two scopes',
    })
    if (!hasVectors) return
    const [vector] = documents[0]?.chunks.flatMap((chunk) => chunk.vector ?? []) ?? []
    if (!vector) return
    const scan = scanVectors(documents, { scopes: search.scopes, vector })
    expectHits(await findVectors(vector, { scopes: search.scopes }), scan, { topK: 10, of: 'a search of two scopes' })
  })
}

function declareKeys(check: KnowledgeStoreCheck): void {
  check('keeps documents of one id apart', async (calls) => {
    const { put, remove, document } = calls
    await put(build('same', 'one ann'), build('same', 'one bob', { scope: 'bob' }))
    deepEqual(
      (await calls.findTerms('one', { scopes: ['bob'] })).map(({ chunk }) => chunk.text),
      ['one bob'],
    )
    await remove('same')
    equal(await document('same'), undefined)
    equal((await document({ scope: 'bob', documentId: 'same' }))?.chunks.length, 1)
    deepEqual(await idsIn(calls, ['ann', 'bob']), ['same'])
  })

  check('distinguishes awkward scopes', async (calls) => {
    const { put } = calls
    await put(...AWKWARD_IDS.map((scope, index) => build(`d${index}`, 'one', { scope })))
    for (const [index, scope] of AWKWARD_IDS.entries()) deepEqual(await idsIn(calls, [scope]), [`d${index}`])
  })

  check('distinguishes pairs of scope and id', async ({ put, document }) => {
    const pairs = AWKWARD_PAIRS.map(([scope, documentId], index) =>
      build(documentId, 'one', { scope, hash: `${index}` }),
    )
    await put(...pairs)
    for (const { scope, documentId, hash } of pairs.filter((_, index) => index % 7 === 0)) {
      equal((await document({ scope, documentId }))?.document.hash, hash)
    }
  })
}

function wordsOf(index: number): string {
  return `common word${index % 5} ${index % 7 === 0 ? 'rare rare' : 'frequent'} own${index}`
}

async function hitsIn({ findTerms, findVectors }: KnowledgeStoreCalls, scopes: readonly string[]): Promise<unknown> {
  return [
    await findTerms('common rare word3 own1', { scopes, topK: 15 }),
    await findVectors('common rare', { scopes, topK: 15 }),
  ]
}

/** Returns the ids that both searches find, and fails if they differ. */
async function idsIn({ hasVectors, findTerms, findVectors }: KnowledgeStoreCalls, scopes: readonly string[]) {
  const found = [...new Set(placesOf(await findTerms('one two', { scopes })).map(idOf))].toSorted()
  if (hasVectors) deepEqual([...new Set(placesOf(await findVectors('one', { scopes })).map(idOf))].toSorted(), found)
  return found
}

function idOf(place: string): string {
  return place.slice(0, place.lastIndexOf('#'))
}
