import { andThen, eachInOrder, type Paused } from '../async/in-order.ts'
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
  /** Returns a part of the text that was emitted. */
  textOf(start: number, end: number): string
  /** Emits an event; returns a promise if the reader is not ready. */
  emit(event: AnswerEvent): Paused
  /** Called with each claim when its sentence is complete. */
  onClaim(claim: Claim): Paused
}

/** The events of an answer. */
export type AnswerEvent = Extract<UnnumberedEvent, { readonly type: 'token' | 'citation' | 'warning' }>

type Marker = Extract<ScannedPiece, { readonly kind: 'marker' }>

/** Converts the text of a model to the events of an answer. */
export interface AnswerWriter {
  /** Adds a piece of the text. */
  write(delta: string): Paused
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
  const claims = createClaimTracker((start, end) => options.textOf(start, end))
  const cleaner = options.markers === 'strip' ? createStripCleaner() : undefined
  const room = createCitationRoom()
  // The unknown numbers that a warning has reported.
  let unknown: Set<number> | undefined
  let capped = false
  let at = 0
  let index = 0
  let isBlank = true

  function writeText(text: string): Paused {
    return emitText(cleaner ? cleaner.text(text) : text)
  }

  function emitText(delta: string): Paused {
    if (delta === '') return undefined
    isBlank &&= delta.trim() === ''
    const start = at
    at += delta.length
    const closed = claims.text(delta)
    const taken = options.emit({ type: 'token', delta, at: start })
    return closed.length === 0 ? taken : andThen(taken, () => eachInOrder(closed, options.onClaim))
  }

  function writeMarker({ text, numbers }: Marker): Paused {
    const cited = numbers.flatMap((number) => options.sourceOf(number) ?? [])
    const warned =
      cited.length < numbers.length ? warnOf(numbers.filter((number) => !options.sourceOf(number))) : undefined
    return andThen(warned, () =>
      andThen(cleaner && emitText(cleaner.marker()), () => eachInOrder(eventsOf(text, cited), options.emit)),
    )
  }

  /** Returns the events of a marker. It has no citations if the answer has the maximum of them. */
  function eventsOf(text: string, cited: readonly Source[]): readonly AnswerEvent[] {
    const shown = cleaner ? '' : text
    const start = at
    at += shown.length
    const token = shown === '' ? [] : [{ type: 'token', delta: shown, at: start } as const]
    const citations = cited.map(({ number, sourceId }, nth) => ({
      index: index + nth,
      number,
      sourceId,
      start,
      end: at,
    }))
    if (citations.length > 0 && !room.take(citations)) {
      claims.marker(shown, [])
      const warnings = capped ? [] : [warning('citations-capped')]
      capped = true
      return [...warnings, ...token]
    }
    index += citations.length
    claims.marker(shown, citations)
    return [...citations.map((citation) => ({ type: 'citation', citation }) as const), ...token]
  }

  function warnOf(numbers: readonly number[]): Paused {
    const reported = (unknown ??= new Set())
    const unreported = numbers.filter((number) => !reported.has(number))
    for (const number of unreported) reported.add(number)
    return unreported.length > 0 ? options.emit(warning('citation-unknown')) : undefined
  }

  function writePiece(piece: ScannedPiece): Paused {
    return piece.kind === 'text' ? writeText(piece.text) : writeMarker(piece)
  }

  return {
    write(delta) {
      // Fast path without a promise and a list.
      if (scanner.passes(delta)) return writeText(delta)
      return eachInOrder(scanner.push(delta), writePiece)
    },
    async end() {
      await eachInOrder(scanner.end(), writePiece)
      if (cleaner) await emitText(cleaner.end())
      await eachInOrder(claims.end(), options.onClaim)
    },
    isUncited: () => index === 0 && !isBlank,
  }
}
