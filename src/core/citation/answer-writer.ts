import type { MarkerMode } from '../options/option-choices.ts'
import type { UnnumberedEvent } from '../vocabulary/unnumbered-event.ts'
import type { Source } from '../vocabulary/sources.ts'
import { warning } from '../vocabulary/warnings.ts'
import { createCitationRoom } from './citation-room.ts'
import { createStripCleaner } from './strip-cleaner.ts'
import { createClaimTracker, type Claim } from './claim-tracker.ts'
import { createMarkerScanner } from '../text/markers/marker-scanner.ts'
import type { ScannedPiece } from '../text/markers/undecided-markers.ts'

/** The options of {@link createAnswerWriter}. */
export interface AnswerWriterOptions {
  /** Keeps or strips the markers in the text. */
  readonly markers: MarkerMode
  /** Returns the source of a number, if there is one. */
  sourceOf(number: number): Source | undefined
  /** Emits an event; returns a promise if the reader is not ready. */
  emit(event: AnswerEvent): Promise<void> | undefined
  /** Called with each claim when its sentence is complete. */
  onClaim(claim: Claim): Promise<void> | undefined
}

/** The events of an answer. */
export type AnswerEvent = Extract<UnnumberedEvent, { readonly type: 'token' | 'citation' | 'warning' }>

/** Converts the text of a model to the events of an answer. */
export interface AnswerWriter {
  /** Adds a piece of the text. */
  write(delta: string): Promise<void> | undefined
  /** Ends the text: emits held text and closes the last claims. */
  end(): Promise<void>
  /** Returns true if the text so far is not blank and has no citation. */
  isUncited(): boolean
}

/**
 * Creates the writer of one answer. A marker becomes one `citation` event per known source, then a separate `token`; with
 * `strip`, the token is left out, and the text around it is cleaned. A number without a source causes one warning.
 */
export function createAnswerWriter(options: AnswerWriterOptions): AnswerWriter {
  const scanner = createMarkerScanner()
  const claims = createClaimTracker()
  const cleaner = options.markers === 'strip' ? createStripCleaner() : undefined
  const room = createCitationRoom()
  // The unknown numbers that a warning has reported.
  let unknown: Set<number> | undefined
  let capped = false
  let at = 0
  let index = 0
  let isBlank = true

  function writeText(text: string): Promise<void> | undefined {
    if (!cleaner) return emitText(text)
    const clean = cleaner.text(text)
    return clean === '' ? undefined : emitText(clean)
  }

  function emitText(delta: string): Promise<void> | undefined {
    isBlank &&= delta.trim() === ''
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
    const shown = cleaner ? '' : text
    if (cleaner) await writeClean(cleaner.marker())
    const start = at
    const end = start + shown.length
    const citations = cited.map(({ number, sourceId }, nth) => ({ index: index + nth, number, sourceId, start, end }))
    if (citations.length > 0 && !room.take(citations)) return writeUncited(text)
    at = end
    index += citations.length
    claims.marker(shown, citations)
    for (const citation of citations) await options.emit({ type: 'citation', citation })
    if (shown !== '') await options.emit({ type: 'token', delta: shown, at: start })
  }

  /** Writes a marker without citations, because the answer has the maximum of them. */
  async function writeUncited(text: string): Promise<void> {
    if (!capped) await options.emit(warning('citations-capped'))
    capped = true
    const shown = cleaner ? '' : text
    claims.marker(shown, [])
    const start = at
    at += shown.length
    if (shown !== '') await options.emit({ type: 'token', delta: shown, at: start })
  }

  /** Writes text that the cleaner has decided. */
  async function writeClean(text: string): Promise<void> {
    if (text !== '') await emitText(text)
  }

  async function warnOf(numbers: readonly number[]): Promise<void> {
    const reported = (unknown ??= new Set())
    const unreported = numbers.filter((number) => !reported.has(number))
    for (const number of unreported) reported.add(number)
    if (unreported.length > 0) await options.emit(warning('citation-unknown'))
  }

  async function writeAll(pieces: readonly ScannedPiece[]): Promise<void> {
    for (const piece of pieces) await (piece.kind === 'text' ? writeText(piece.text) : writeMarker(piece))
  }

  return {
    write(delta) {
      // Fast path without a promise and a list.
      if (scanner.passes(delta)) return writeText(delta)
      const pieces = scanner.push(delta)
      const [only] = pieces
      if (!only) return undefined
      return pieces.length === 1 && only.kind === 'text' ? writeText(only.text) : writeAll(pieces)
    },
    async end() {
      await writeAll(scanner.end())
      if (cleaner) await writeClean(cleaner.end())
      for (const claim of claims.end()) await options.onClaim(claim)
    },
    isUncited: () => index === 0 && !isBlank,
  }
}
