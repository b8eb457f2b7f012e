import type { ManifestEntry } from '../knowledge-store.ts'
import { compareBytes } from '../metadata-filter.ts'
import { documentOf } from './document-entry.ts'
import type { ScopeIndex } from './scope-index.ts'
import { toManifestEntry } from './stored-copies.ts'

/** Returns at most `limit` entries of a scope in the byte order of their ids, after the id `after`. */
export function pageOfManifest(
  index: ScopeIndex | undefined,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): readonly ManifestEntry[] {
  if (!index) return []
  const ids = index.sortedIds()
  const from = after === undefined ? 0 : placeAfter(ids, after)
  return ids.slice(from, from + limit).flatMap((id) => {
    const entry = index.documents.get(id)
    return entry ? [toManifestEntry(documentOf(entry))] : []
  })
}

/** Returns the index of the first id that is greater. */
function placeAfter(ids: readonly string[], after: string): number {
  let [low, high] = [0, ids.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareBytes(ids[middle] ?? '', after) > 0) high = middle
    else low = middle + 1
  }
  return low
}
