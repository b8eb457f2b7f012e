import { andThen, eachInOrder, type Paused } from '../async/in-order.ts'
import type { MarkerMode } from '../options/option-choices.ts'
import type { UnnumberedEvent } from '../vocabulary/unnumbered-event.ts'
import type { Source } from '../vocabulary/sources.ts'
import { warning } from '../vocabulary/warnings.ts'
import { createCitationRoom, type CitationRoom } from './citation-room.ts'
import { createStripCleaner, type StripCleaner } from './strip-cleaner.ts'
import { createClaimTracker, type Claim, type ClaimTracker, type TextOf } from './claim-tracker.ts'
import { createMarkerScanner, type MarkerScanner } from '../text/markers/marker-scanner.ts'
import type { ScannedPiece } from '../text/markers/undecided-markers.ts'

/** The options of {@link createAnswerWriter}. */
export interface AnswerWriterOptions {
  /** Keeps or strips the markers in the text. */
  readonly markers: MarkerMode
  /** Returns the source of a number, if there is one. */
  sourceOf(number: number): Source | undefined
  /** Returns a part of the text that was emitted. */
  readonly textOf: TextOf
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
  const writer: OpenAnswer = {
    options,
    scanner: createMarkerScanner(),
    claims: createClaimTracker(options.textOf),
    cleaner: options.markers === 'strip' ? createStripCleaner() : undefined,
    room: createCitationRoom(),
    unknown: undefined,
    capped: false,
    at: 0,
    index: 0,
    isBlank: true,
    write,
    end,
    isUncited,
  }
  return writer
}

/** A writer with its state. Its functions are shared by all open streams. */
interface OpenAnswer extends AnswerWriter {
  readonly options: AnswerWriterOptions
  readonly scanner: MarkerScanner
  readonly claims: ClaimTracker
  readonly cleaner: StripCleaner | undefined
  readonly room: CitationRoom
  /** The unknown numbers that a warning has reported. */
  unknown: Set<number> | undefined
  /** True if a warning has reported that further citations are left out. */
  capped: boolean
  /** The length of the emitted text. */
  at: number
  /** The index of the next citation. */
  index: number
  isBlank: boolean
}

function write(this: OpenAnswer, delta: string): Paused {
  // Fast path without a promise and a list.
  if (this.scanner.passes(delta)) return writeText(this, delta)
  return writePieces(this, this.scanner.push(delta))
}

async function end(this: OpenAnswer): Promise<void> {
  await writePieces(this, this.scanner.end())
  if (this.cleaner) await emitText(this, this.cleaner.end())
  await closeClaims(this, this.claims.end())
}

function isUncited(this: OpenAnswer): boolean {
  return this.index === 0 && !this.isBlank
}

function writePieces(answer: OpenAnswer, pieces: readonly ScannedPiece[]): Paused {
  return eachInOrder(pieces, (piece) =>
    piece.kind === 'text' ? writeText(answer, piece.text) : writeMarker(answer, piece),
  )
}

function writeText(answer: OpenAnswer, text: string): Paused {
  return emitText(answer, answer.cleaner ? answer.cleaner.text(text) : text)
}

function emitText(answer: OpenAnswer, delta: string): Paused {
  if (delta === '') return undefined
  answer.isBlank &&= delta.trim() === ''
  const { at } = answer
  answer.at += delta.length
  const closed = answer.claims.text(delta)
  const taken = answer.options.emit({ type: 'token', delta, at })
  return closed.length === 0 ? taken : andThen(taken, () => closeClaims(answer, closed))
}

function closeClaims({ options }: OpenAnswer, claims: readonly Claim[]): Paused {
  return eachInOrder(claims, (claim) => options.onClaim(claim))
}

function writeMarker(answer: OpenAnswer, { text, numbers }: Marker): Paused {
  const { options, cleaner } = answer
  const cited = numbers.flatMap((number) => options.sourceOf(number) ?? [])
  const unknown = cited.length === numbers.length ? [] : numbers.filter((number) => !options.sourceOf(number))
  return andThen(warnOf(answer, unknown), () =>
    andThen(cleaner && emitText(answer, cleaner.marker()), () =>
      eachInOrder(eventsOf(answer, text, cited), (event) => options.emit(event)),
    ),
  )
}

/** Returns the events of a marker. It has no citations if the answer has the maximum of them. */
function eventsOf(answer: OpenAnswer, text: string, cited: readonly Source[]): readonly AnswerEvent[] {
  const shown = answer.cleaner ? '' : text
  const { at: start, index } = answer
  const end = start + shown.length
  answer.at = end
  const token = shown === '' ? [] : [{ type: 'token', delta: shown, at: start } as const]
  const citations = cited.map(({ number, sourceId }, nth) => ({ index: index + nth, number, sourceId, start, end }))
  if (citations.length > 0 && !answer.room.take(citations)) {
    answer.claims.marker(shown, [])
    const warnings = answer.capped ? [] : [warning('citations-capped')]
    answer.capped = true
    return [...warnings, ...token]
  }
  answer.index += citations.length
  answer.claims.marker(shown, citations)
  return [...citations.map((citation) => ({ type: 'citation', citation }) as const), ...token]
}

function warnOf(answer: OpenAnswer, numbers: readonly number[]): Paused {
  if (numbers.length === 0) return undefined
  const reported = (answer.unknown ??= new Set())
  const unreported = numbers.filter((number) => !reported.has(number))
  for (const number of unreported) reported.add(number)
  return unreported.length > 0 ? answer.options.emit(warning('citation-unknown')) : undefined
}
