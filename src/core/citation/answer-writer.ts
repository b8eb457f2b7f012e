import type { MarkerMode } from '../options/option-choices.ts'
import type { UnnumberedEvent } from '../vocabulary/events.ts'
import type { Source } from '../vocabulary/sources.ts'
import { warning } from '../vocabulary/warnings.ts'
import { createCitationRoom } from './citation-room.ts'
import { createClaimTracker, type Claim } from './claim-tracker.ts'
import { createMarkerScanner } from '../text/markers/marker-scanner.ts'
import type { ScannedPiece } from '../text/markers/undecided-markers.ts'

/** How an answer is written. */
export interface AnswerWriterOptions {
  readonly markers: MarkerMode
  /** The source of a number, if the run has one. */
  sourceOf(number: number): Source | undefined
  /** Passes an event on; a promise means that the reader is not ready. */
  emit(event: AnswerEvent): Promise<void> | undefined
  /** Called with each claim as it closes, and the citations that stand in it. */
  onClaim(claim: Claim): Promise<void> | undefined
}

/** The events that an answer is made of. */
export type AnswerEvent = Extract<UnnumberedEvent, { readonly type: 'token' | 'citation' | 'warning' }>

/** Writes the text of a model as the events of an answer. */
export interface AnswerWriter {
  write(delta: string): Promise<void> | undefined
  /** Writes what was held back, and closes the last claims. */
  end(): Promise<void>
}

/**
 * Starts an answer. A marker becomes one `citation` for each number that there is a source for, and then a `token` of
 * its own; with `strip` the token is left out. A number without a source stays text, and is warned of once.
 */
export function createAnswerWriter(options: AnswerWriterOptions): AnswerWriter {
  const scanner = createMarkerScanner()
  const claims = createClaimTracker()
  const room = createCitationRoom()
  const unknown = new Set<number>()
  let capped = false
  let at = 0
  let index = 0

  function writeText(delta: string): Promise<void> | undefined {
    const start = at
    at += delta.length
    const closed = claims.text(delta)
    const taken = options.emit({ type: 'token', delta, at: start })
    return closed.length === 0 ? taken : closeAfter(taken, closed)
  }

  async function closeAfter(taken: Promise<void> | undefined, closed: readonly Claim[]): Promise<void> {
    await taken
    for (const claim of closed) await options.onClaim(claim)
  }

  async function writeMarker({ text, numbers }: Extract<ScannedPiece, { kind: 'marker' }>): Promise<void> {
    const cited = numbers.flatMap((number) => options.sourceOf(number) ?? [])
    if (cited.length < numbers.length) await warnOf(numbers.filter((number) => !options.sourceOf(number)))
    const start = at
    const shown = options.markers === 'keep' || cited.length === 0 ? text : ''
    const end = start + shown.length
    const citations = cited.map(({ number, sourceId }, nth) => ({ index: index + nth, number, sourceId, start, end }))
    if (citations.length > 0 && !room.take(citations)) return writeUncited(text)
    at = end
    index += citations.length
    claims.marker(shown, citations)
    for (const citation of citations) await options.emit({ type: 'citation', citation })
    if (shown !== '') await options.emit({ type: 'token', delta: shown, at: start })
  }

  /** Writes a marker as text, because the answer has as many citations as it may have. */
  async function writeUncited(text: string): Promise<void> {
    if (!capped) await options.emit(warning('citations-capped'))
    capped = true
    claims.marker(text, [])
    const start = at
    at += text.length
    await options.emit({ type: 'token', delta: text, at: start })
  }

  async function warnOf(numbers: readonly number[]): Promise<void> {
    const unheard = numbers.filter((number) => !unknown.has(number))
    for (const number of unheard) unknown.add(number)
    if (unheard.length > 0) await options.emit(warning('citation-unknown'))
  }

  async function writeAll(pieces: readonly ScannedPiece[]): Promise<void> {
    for (const piece of pieces) await (piece.kind === 'text' ? writeText(piece.text) : writeMarker(piece))
  }

  return {
    write(delta) {
      // The usual case, which costs no promise and no list.
      if (scanner.passes(delta)) return writeText(delta)
      const pieces = scanner.push(delta)
      const [only] = pieces
      if (!only) return undefined
      return pieces.length === 1 && only.kind === 'text' ? writeText(only.text) : writeAll(pieces)
    },
    async end() {
      await writeAll(scanner.end())
      for (const claim of claims.end()) await options.onClaim(claim)
    },
  }
}
