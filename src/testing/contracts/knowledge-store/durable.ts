import { deepEqual, equal } from 'node:assert/strict'
import { build } from './build.ts'
import { type KnowledgeStoreCalls, type KnowledgeStoreCheck } from './calls.ts'

/** Declares checks of an index that is opened again, or by several stores. They pass for a store that cannot. */
export function declareDurable(check: KnowledgeStoreCheck): void {
  check('has everything after it was opened again', async (calls) => {
    const { put, remove, reopen } = calls
    await put(
      build('a', ['one two', 'one three 猫 😀'], { title: 'A', version: 'v1', metadata: { n: 1, list: ['x', null] } }),
      build('b', 'one', { scope: 'bob' }),
      build('c', 'one', { scope: '' }),
      build('gone', 'one'),
    )
    await put(
      build(
        'a2',
        ['one', 'two'].map((word) => `${word} again`),
      ),
    )
    await remove('gone')
    const before = await everythingOf(calls)
    const again = await reopen()
    if (!again) return
    deepEqual(await everythingOf(again), before)
    deepEqual(await again.store.inspect({ signal: new AbortController().signal }), [])
    await again.put(build('d', 'one'))
    await again.remove('a2')
    const changed = await everythingOf(again)
    const last = await again.reopen()
    if (last) deepEqual(await everythingOf(last), changed)
  })

  check('repeats no revision after it was opened again', async ({ put, commit, reopen }) => {
    const revisions = [(await put(build('a', 'one'))).revision, (await commit({ clear: true })).revision]
    const again = await reopen()
    if (!again) return
    revisions.push((await again.put(build('a', 'one'))).revision, (await again.commit({ clear: true })).revision)
    equal(new Set(revisions).size, revisions.length)
  })

  check('shows a commit to every other store of the index', async (calls) => {
    const other = await calls.connect()
    if (!other) return
    for (let round = 0; round < 5; round++) {
      await calls.put(build('a', `one ${round}`, { hash: `${round}` }))
      deepEqual(await everythingOf(other), await everythingOf(calls))
      await other.put(build('b', `two ${round}`), build('c', 'three', { scope: 'bob' }))
      deepEqual(await everythingOf(calls), await everythingOf(other))
      await other.remove('b')
      deepEqual(await everythingOf(calls), await everythingOf(other))
    }
  })

  check('applies simultaneous commits of several stores', async (calls) => {
    const other = await calls.connect()
    if (!other) return
    const states = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? calls : other).put(build(`d${index}`, ['one', 'two'])),
      ),
    )
    equal(new Set(states.map(({ revision }) => revision)).size, 20, 'two commits have the same revision')
    const { documents, chunks } = await calls.state()
    deepEqual([documents, chunks, (await other.findTerms('one two', { topK: 100 })).length], [20, 40, 40])
  })
}

async function everythingOf(calls: KnowledgeStoreCalls): Promise<unknown> {
  const scopes = ['', 'ann', 'bob']
  return [
    await calls.state(),
    ...(await Promise.all(scopes.map((scope) => calls.manifest(scope)))),
    await calls.document('a'),
    await calls.document({ scope: 'bob', documentId: 'b' }),
    await calls.findTerms('one two three', { scopes }),
    await calls.findVectors('one two', { scopes }),
    await calls.findTerms('one', { filter: { n: { $exists: true } } }),
  ]
}
