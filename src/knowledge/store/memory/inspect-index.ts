import type { MemoryIndex } from './memory-index.ts'
import { chunksOf, documentOf, vectorsOf, type DocumentEntry } from './document-entry.ts'
import type { ScopeIndex } from './scope-index.ts'

/** Returns a sentence for each inconsistency between documents, terms and vectors. */
export function inspectIndex({ scopes, state }: MemoryIndex): readonly string[] {
  const { embedding } = state()
  return [...scopes.values()].flatMap((index) => [
    ...[...index.documents.values()].flatMap((entry) => inspectDocument(index, entry, embedding?.dimensions)),
    ...inspectCounts(index, embedding !== undefined),
  ])
}

function inspectDocument(
  { scope, terms, vectors }: ScopeIndex,
  entry: DocumentEntry,
  dimensions: number | undefined,
): readonly string[] {
  const { documentId, firstRow, chunkCount } = entry
  const name = `The document '${documentId}' of the scope '${scope}'`
  const rows = Array.from({ length: chunkCount }, (_, index) => firstRow + index)
  const { documentId: storedId, scope: storedScope } = documentOf(entry)
  const problems: string[] = []
  if (storedId !== documentId || storedScope !== scope) problems.push(`${name} is stored under another key`)
  if (chunksOf(entry).length !== chunkCount)
    problems.push(`${name} has ${chunksOf(entry).length} chunks of ${chunkCount}`)
  if (!rows.every((row) => terms.has(row))) problems.push(`${name} has chunks without terms`)
  if (dimensions === undefined) return problems
  if (!rows.every((row) => vectors?.has(row))) problems.push(`${name} has chunks without a vector`)
  if (vectorsOf(entry).length !== chunkCount * dimensions) problems.push(`${name} has vectors of another length`)
  return problems
}

function inspectCounts({ scope, documents, terms, vectors }: ScopeIndex, hasVectors: boolean): readonly string[] {
  const chunks = [...documents.values()].reduce((sum, { chunkCount }) => sum + chunkCount, 0)
  const problems: string[] = []
  if (terms.size !== chunks) problems.push(`The scope '${scope}' has ${chunks} chunks, and the terms of ${terms.size}`)
  if (hasVectors && (vectors?.size ?? 0) !== chunks) {
    problems.push(`The scope '${scope}' has ${chunks} chunks, and ${vectors?.size ?? 0} vectors`)
  }
  return problems
}
