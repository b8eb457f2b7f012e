import fc from 'fast-check'
import { eventsOfTurn } from '../../../../src/core/turn/replay.ts'
import type { ChatEvent, ChatResult, Source, StoredTurn } from '../../../../src/index.ts'
import { resultOf } from '../../../support/chat-events.ts'

/** Three sources, one of them with an address. */
const SOURCES: readonly Source[] = [1, 2, 3].map((number) => ({
  number,
  sourceId: `s${number}`,
  documentId: `cats-${number}.md`,
  chunkId: `c${number}`,
  title: `Cats ${number}`,
  text: `Cats sleep ${number} hours. `.repeat(20),
  metadata: {},
  ...(number === 2 && { url: 'https://cats.example/2', section: ['Sleep', 'Hours'] }),
}))

/** A piece of an answer: text, or a marker with the numbers that it cites. */
export type Piece = string | readonly number[]

/** Makes the result of an answer from its pieces. With `stripped`, the markers are left out, as `markers: 'strip'` does. */
export function citedResult(pieces: readonly Piece[], { stripped = false } = {}): ChatResult {
  let answer = ''
  const citations: { index: number; number: number; sourceId: string; start: number; end: number }[] = []
  for (const piece of pieces) {
    const text = typeof piece === 'string' ? piece : stripped ? '' : `[${piece.join(', ')}]`
    const range = { start: answer.length, end: answer.length + text.length }
    const numbers = typeof piece === 'string' ? [] : piece
    for (const number of numbers) {
      citations.push({ index: citations.length, number, sourceId: `s${number}`, ...range })
    }
    answer += text
  }
  return { ...resultOf(answer), sources: SOURCES, citations }
}

/** Makes a stored turn. */
export function turnOf(result?: ChatResult): StoredTurn {
  const ids = { threadId: 'thread', runId: 'run', messageId: 'message' }
  return { v: 1, ...ids, question: 'How long?', createdAt: 1_700_000_000_000, ...(result && { result }) }
}

/**
 * Makes the events of a turn. The texts between the markers are cut into tokens at the given places, which count from the
 * start of each text and wrap around.
 */
export function eventsOf(result: ChatResult, cuts: readonly number[] = []): readonly ChatEvent[] {
  const markers = new Set(result.citations.map(({ start }) => start))
  return eventsOfTurn(turnOf(), result)
    .flatMap((event) => {
      if (event.type !== 'token' || markers.has(event.at)) return [event]
      const places = [0, ...cuts.map((cut) => cut % (event.delta.length + 1)), event.delta.length]
      const sorted = [...new Set(places)].toSorted((a, b) => a - b)
      return sorted.slice(1).map((end, index) => {
        const from = sorted[index] ?? 0
        return { ...event, delta: event.delta.slice(from, end), at: event.at + from }
      })
    })
    .map((event, seq) => ({ ...event, seq }))
}

/** Any pieces: blanks, line ends, emoji and markers in every order. */
export function anyPieces(): fc.Arbitrary<readonly Piece[]> {
  const text = fc
    .array(fc.constantFrom(' ', '\u00a0', '\n', '.', 'word', '😀', '猫', '[9]', '  ', '\t'), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join(''))
  const marker = fc.uniqueArray(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 3 })
  return fc.array(fc.oneof(text, marker), { maxLength: 12 })
}
