import { describeValue } from '../../core/options/expect-options.ts'
import { isRecord } from '../../core/options/plain-object.ts'
import { invalidInput, type InvalidInputError } from '../../core/vocabulary/invalid-input.ts'
import { expectVector } from '../search/expect-vector.ts'
import { checkId, checkText, flawOfText, MAX_ID_BYTES } from './check-text.ts'
import type { EmbeddingSpace } from './knowledge-store.ts'

// A chunk is usually named after its document.
const MAX_CHUNK_ID_BYTES = 2 * MAX_ID_BYTES

type Fields = Readonly<Record<string, unknown>>

/** Checks the chunks of a document, whose vectors must be of the space. */
export function checkChunks(chunks: unknown, at: string, space: EmbeddingSpace | undefined): void {
  if (!Array.isArray(chunks)) throw wrong(at, `it must be a list, and it is ${describeValue(chunks)}`)
  const seen = new Map<string, number>()
  for (let index = 0; index < chunks.length; index++) {
    const chunk: unknown = chunks[index]
    const here = `${at}[${index}]`
    if (!isRecord(chunk)) throw wrong(here, `it must be an object, and it is ${describeValue(chunk)}`)
    const chunkId = checkId(chunk['chunkId'], `${here}.chunkId`, { maxBytes: MAX_CHUNK_ID_BYTES })
    const earlier = seen.get(chunkId)
    if (earlier !== undefined) throw wrong(`${here}.chunkId`, `${at}[${earlier}] has the same chunkId '${chunkId}'`)
    seen.set(chunkId, index)
    checkChunk(chunk, here)
    checkVector(chunk['vector'], `${here}.vector`, space)
  }
}

function checkChunk(chunk: Fields, at: string): void {
  const { text, page, section, verbatimEnd, url, rectangles, terms } = chunk
  checkText(text, `${at}.text`)
  checkRange(chunk, at)
  if (page !== undefined && !isCount(page, 1)) throw wrong(`${at}.page`, `it must be a whole number from 1`)
  if (verbatimEnd !== undefined && !isCount(verbatimEnd, 0))
    throw wrong(`${at}.verbatimEnd`, `it must be a whole number from 0`)
  if (url !== undefined) checkText(url, `${at}.url`)
  if (section !== undefined)
    for (const [index, heading] of listOf(section, `${at}.section`).entries())
      checkText(heading, `${at}.section[${index}]`)
  if (rectangles !== undefined)
    for (const [index, rectangle] of listOf(rectangles, `${at}.rectangles`).entries())
      checkRectangle(rectangle, `${at}.rectangles[${index}]`)
  for (const [index, term] of listOf(terms, `${at}.terms`).entries()) {
    if (typeof term === 'string' && term !== '' && flawOfText(term) === undefined) continue
    throw wrong(
      `${at}.terms[${index}]`,
      'it must be a string that is not empty and has no NUL character or unpaired surrogate',
    )
  }
}

function checkRectangle(rectangle: unknown, at: string): void {
  if (!isRecord(rectangle)) throw wrong(at, `it must be an object, and it is ${describeValue(rectangle)}`)
  checkRange(rectangle, at)
  for (const side of ['x', 'y', 'width', 'height']) {
    if (!Number.isFinite(rectangle[side])) throw wrong(`${at}.${side}`, 'it must be a finite number')
  }
}

function checkRange({ start, end }: Fields, at: string): void {
  if (!isCount(start, 0)) throw wrong(`${at}.start`, `it must be a whole number from 0, and it is ${String(start)}`)
  if (!isCount(end, start))
    throw wrong(`${at}.end`, `it must be a whole number from ${start}, and it is ${String(end)}`)
}

function checkVector(vector: unknown, at: string, space: EmbeddingSpace | undefined): void {
  if (!space && vector === undefined) return
  if (!space) throw outOfSpace(at, 'the change has no space; add embedding: { embedderId, dimensions }')
  if (vector instanceof Float32Array) expectVector(at, vector, space.dimensions)
  else
    throw outOfSpace(at, `it must be a Float32Array of ${space.dimensions} numbers, and it is ${describeValue(vector)}`)
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw wrong(at, `it must be a list, and it is ${describeValue(value)}`)
}

function isCount(value: unknown, from: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= from
}

function wrong(at: string, reason: string): InvalidInputError {
  return invalidInput(at, `Cannot index ${at}: ${reason}`)
}

function outOfSpace(at: string, reason: string): InvalidInputError {
  return invalidInput(at, `Cannot index ${at}: ${reason}`, RangeError)
}
