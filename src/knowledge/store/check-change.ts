import { describeValue } from '../../core/options/expect-options.ts'
import { isRecord } from '../../core/options/plain-object.ts'
import { invalidInput, type InvalidInputError } from '../../core/vocabulary/invalid-input.ts'
import { MAX_DIMENSIONS } from '../search/packed-query.ts'
import { checkChunks } from './check-chunks.ts'
import { checkJsonObject } from './check-json.ts'
import { checkId, checkText } from './check-text.ts'
import type { EmbeddingSpace, IndexChange, IndexState } from './knowledge-store.ts'

/**
 * Checks a change before any of it is applied, so that every store refuses the same changes: ids, keys that occur twice,
 * texts, offsets, metadata, and vectors that are not of the space of the change. Stores call it first in `commit`.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`, such as `documents[2].chunks[0].vector`
 */
export function expectChange(change: IndexChange): void {
  const seen = new Map<string, string>()
  if (!isRecord(change)) throw wrong('change', `it must be an object, and it is ${describeValue(change)}`)
  const { embedding, documents, removals, versions }: IndexChange = change
  if (embedding !== undefined) checkSpace(embedding)
  for (const [at, document] of itemsOf('documents', documents)) {
    checkKey(document, at, seen)
    checkDocument(document, at)
    checkChunks(document['chunks'], `${at}.chunks`, embedding)
  }
  for (const [at, key] of itemsOf('removals', removals)) checkKey(key, at, seen)
  for (const [at, key] of itemsOf('versions', versions)) {
    checkKey(key, at, seen)
    checkText(key['hash'], `${at}.hash`)
    if (key['version'] !== undefined) checkText(key['version'], `${at}.version`)
  }
}

/**
 * Returns the space of an index after a change.
 *
 * @throws RangeError when the vectors of the change do not belong into the index
 */
export function spaceAfter(
  { clear, documents = [], embedding }: IndexChange,
  state: Pick<IndexState, 'embedding' | 'chunks'>,
): EmbeddingSpace | undefined {
  const known = clear ? undefined : state.embedding
  const isEmpty = clear || state.chunks === 0
  if (known && embedding && !isSameSpace(known, embedding)) {
    throw outOfSpace(`the index has vectors of ${nameOf(known)}, and the change has vectors of ${nameOf(embedding)}`)
  }
  if (embedding && !known && !isEmpty) {
    throw outOfSpace(`the index has chunks without vectors, and the change has vectors of ${nameOf(embedding)}`)
  }
  if (known && !embedding && documents.some(({ chunks }) => chunks.length > 0)) {
    throw outOfSpace(`the index has vectors of ${nameOf(known)}, and the change has none`)
  }
  return embedding ? { embedderId: embedding.embedderId, dimensions: embedding.dimensions } : known
}

function isSameSpace(a: EmbeddingSpace, b: EmbeddingSpace): boolean {
  return a.embedderId === b.embedderId && a.dimensions === b.dimensions
}

function nameOf({ embedderId, dimensions }: EmbeddingSpace): string {
  return `'${embedderId}' with ${dimensions} dimensions`
}

function outOfSpace(reason: string): InvalidInputError {
  const fix = 'Use the embedder of the index, or index all documents again in a change with clear: true'
  return invalidInput('embedding', `Cannot commit the change: ${reason}. ${fix}`, RangeError)
}

function checkSpace(space: unknown): asserts space is EmbeddingSpace {
  if (!isRecord(space)) throw wrong('embedding', 'it must be an object such as { embedderId, dimensions }')
  checkId(space['embedderId'], 'embedding.embedderId')
  const { dimensions } = space
  if (typeof dimensions === 'number' && Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= MAX_DIMENSIONS)
    return
  const reason = `it must be a whole number from 1 to ${MAX_DIMENSIONS}, and it is ${String(dimensions)}`
  throw wrong('embedding.dimensions', reason)
}

function* itemsOf(field: string, list: unknown): Generator<readonly [string, Readonly<Record<string, unknown>>]> {
  if (list === undefined) return
  if (!Array.isArray(list)) throw wrong(field, `it must be a list, and it is ${describeValue(list)}`)
  for (let index = 0; index < list.length; index++) {
    const item: unknown = list[index]
    const at = `${field}[${index}]`
    if (!isRecord(item)) throw wrong(at, `it must be an object, and it is ${describeValue(item)}`)
    yield [at, item]
  }
}

/** Checks the key of an item, and that no earlier item of the change has it. */
function checkKey(item: Readonly<Record<string, unknown>>, at: string, seen: Map<string, string>): void {
  const scope = checkId(item['scope'], `${at}.scope`, { mayBeEmpty: true })
  const documentId = checkId(item['documentId'], `${at}.documentId`)
  const key = JSON.stringify([scope, documentId])
  const earlier = seen.get(key)
  if (earlier !== undefined)
    throw wrong(at, `${earlier} names the same document '${documentId}'; one change may name it once`)
  seen.set(key, at)
}

function checkDocument({ hash, version, title, metadata }: Readonly<Record<string, unknown>>, at: string): void {
  checkText(hash, `${at}.hash`)
  if (version !== undefined) checkText(version, `${at}.version`)
  if (title !== undefined) checkText(title, `${at}.title`)
  if (metadata !== undefined) checkJsonObject(metadata, `${at}.metadata`)
}

function wrong(at: string, reason: string): InvalidInputError {
  return invalidInput(at, `Cannot index ${at}: ${reason}`)
}
