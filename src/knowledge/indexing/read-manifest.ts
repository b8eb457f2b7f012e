import type { KnowledgeStore, ManifestEntry } from '../store/knowledge-store.ts'

const PAGE = 5_000

/** Returns all manifest entries of a scope by the id of their document. */
export async function readManifest(
  store: KnowledgeStore,
  scope: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ManifestEntry>> {
  const entries = new Map<string, ManifestEntry>()
  let after: string | undefined
  for (;;) {
    const page = await store.manifest({ scope, limit: PAGE, ...(after !== undefined && { after }) }, { signal })
    for (const entry of page) entries.set(entry.documentId, entry)
    after = page.at(-1)?.documentId
    if (page.length < PAGE) return entries
  }
}
