import { deepEqual, equal } from 'node:assert/strict'
import type { ManifestEntry } from '../../../knowledge/store/knowledge-store.ts'
import { AWKWARD_IDS } from '../awkward-ids.ts'
import { build } from './build.ts'
import { type KnowledgeStoreCheck } from './calls.ts'

// In the order of UTF-16 units, the emoji comes before the private-use character; in that of bytes, after it.
const IDS = [...AWKWARD_IDS, '\uE000', '😀', '"', "''", 'a\nb', '\u0001', '\uFEFFb', '中', 'x'.repeat(1024)]
const SORTED = IDS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** Declares checks of the manifest. */
export function declarePaging(check: KnowledgeStoreCheck): void {
  check('lists a manifest in the byte order of the ids, whatever the pages', async ({ put, manifest }) => {
    await put(...IDS.map((id) => build(id, 'one', { version: `v of ${id.slice(0, 9)}` })))
    for (const limit of [1, 2, 7, IDS.length, 100]) deepEqual(idsOf(await manifest('ann', limit)), SORTED)
    const [first] = await manifest()
    equal(first?.version, `v of ${SORTED[0]}`)
  })

  check('lists only the scope that it is asked for', async ({ put, manifest }) => {
    await put(build('a', 'one'), build('b', 'one', { scope: 'bob' }), build('c', 'one', { scope: '' }))
    deepEqual(
      [
        idsOf(await manifest('ann')),
        idsOf(await manifest('bob')),
        idsOf(await manifest('')),
        idsOf(await manifest('an')),
      ],
      [['a'], ['b'], ['c'], []],
    )
  })

  check('continues after an id that is no longer there', async ({ put, remove, store }) => {
    const { signal } = new AbortController()
    await put(...['a', 'b', 'c', 'd'].map((id) => build(id, 'one')))
    await remove('b')
    deepEqual(idsOf(await store.manifest({ scope: 'ann', after: 'b', limit: 1 }, { signal })), ['c'])
    deepEqual(idsOf(await store.manifest({ scope: 'ann', after: 'd', limit: 1 }, { signal })), [])
  })

  check('distinguishes awkward ids', async ({ put, remove, document, manifest }) => {
    await put(...IDS.map((id, index) => build(id, 'one', { hash: `${index}` })))
    for (const [index, id] of IDS.entries()) equal((await document(id))?.document.hash, `${index}`)
    await remove(...IDS.slice(1))
    deepEqual(idsOf(await manifest()), IDS.slice(0, 1))
  })
}

function idsOf(entries: readonly ManifestEntry[]): readonly string[] {
  return entries.map(({ documentId }) => documentId)
}
