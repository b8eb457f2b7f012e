import { deepEqual, equal, ok } from 'node:assert/strict'
import type { ChunkHit } from '../../../knowledge/store/knowledge-store.ts'
import { build } from './build.ts'
import { type KnowledgeStoreCalls, type KnowledgeStoreCheck } from './calls.ts'

const DOCUMENTS = 12

/** Declares checks of simultaneous calls. */
export function declareConcurrency(check: KnowledgeStoreCheck): void {
  check('applies simultaneous commits of different documents', async ({ put, state, manifest, findTerms }) => {
    const states = await Promise.all(Array.from({ length: 20 }, (_, index) => put(build(`d${index}`, ['one', 'two']))))
    equal(new Set(states.map(({ revision }) => revision)).size, 20, 'two commits have the same revision')
    const { documents, chunks } = await state()
    deepEqual([documents, chunks, (await manifest()).length], [20, 40, 20])
    equal((await findTerms('one two', { topK: 100 })).length, 40)
  })

  check('applies simultaneous commits of the same document one after the other', async (calls) => {
    const { hasVectors, put, document, findTerms, findVectors, state } = calls
    const versions = Array.from({ length: 10 }, (_, index) =>
      build(
        'a',
        Array.from({ length: index + 1 }, (_, part) => `common v${index} p${part}`),
        { hash: `${index}` },
      ),
    )
    await Promise.all(versions.map((version) => put(version)))
    const found = await document('a')
    const last = versions[Number(found?.document.hash)]
    const texts = last?.chunks.map(({ text }) => text) ?? []
    ok(texts.length > 0, 'the document is none of those that were committed')
    deepEqual(
      found?.chunks.map(({ text }) => text),
      texts,
    )
    deepEqual(textsOf(await findTerms('common', { topK: 100 })), texts.toSorted())
    if (hasVectors) deepEqual(textsOf(await findVectors('common', { topK: 100 })), texts.toSorted())
    deepEqual(await state(), { ...(await state()), documents: 1, chunks: texts.length })
  })

  check('lets a search see all of a commit or nothing of it', async (calls) => {
    const { hasVectors, put, findTerms, findVectors, store } = calls
    const { signal } = new AbortController()
    await putRound(calls, 0)
    for (let round = 1; round <= 5; round++) {
      const committing = putRound(calls, round)
      const searches = [findTerms('common', { topK: 100 }), findTerms('common', { topK: 100 })]
      if (hasVectors) searches.push(findVectors('common', { topK: 100 }))
      const documents = store.document({ scope: 'ann', documentId: 'd1' }, { signal })
      for (const hits of await Promise.all(searches)) expectOneRound(hits, [round - 1, round])
      const found = await documents
      deepEqual(
        found?.chunks.map(({ text }) => text),
        textsOfRound(Number(found?.document.hash)),
      )
      await committing
      expectOneRound(await findTerms('common', { topK: 100 }), [round])
    }
    await put(build('a', 'other'))
  })
}

function putRound({ put }: KnowledgeStoreCalls, round: number) {
  const ids = Array.from({ length: DOCUMENTS }, (_, index) => `d${index}`)
  return put(...ids.map((documentId) => build(documentId, textsOfRound(round), { hash: `${round}` })))
}

function textsOfRound(round: number): readonly string[] {
  return [`common first ${round}`, `common second ${round}`]
}

function expectOneRound(hits: readonly ChunkHit[], rounds: readonly number[]): void {
  const seen = new Set(hits.flatMap(({ document, chunk }) => [document.hash, chunk.text.split(' ')[2]]))
  equal(hits.length, 2 * DOCUMENTS, `a search during a commit found ${hits.length} chunks`)
  equal(seen.size, 1, `a search found chunks of several commits: ${[...seen].join(', ')}`)
  ok(
    rounds.some((round) => seen.has(`${round}`)),
    'a search found chunks of an older commit',
  )
}

function textsOf(hits: readonly ChunkHit[]): readonly string[] {
  return hits.map(({ chunk }) => chunk.text).toSorted()
}
