import { PROSE, type Mode } from './literal-mode.ts'
import { createMarkdownLines, type MarkdownLines } from './markdown-lines.ts'
import { createTexCommands, type TexCommands } from './tex-commands.ts'
import { createUndecidedMarkers, type UndecidedMarkers } from './undecided-markers.ts'

/** The state of a scan. It is a plain object, because each open answer has one, and thirty closures would cost 3 KiB. */
export interface Scan {
  /** The current line. */
  readonly lines: MarkdownLines
  /** The pieces that are not taken yet. */
  readonly undecided: UndecidedMarkers
  /** The commands that begin with a backslash. */
  readonly tex: TexCommands
  /** The kind of place that the text is in. */
  mode: Mode
  /** The end of the text so far. */
  recent: string
  /** The length of the text so far. */
  length: number
  /** Plain pieces that are not yet in `recent`. */
  readonly passed: string[]
  /** Number of these pieces; the list is a ring. */
  passedCount: number
  /** Start of the text that decides if a bracket belongs to code. */
  contextStart: number
  /** The current run of backticks, tildes or dollar signs. */
  run: Run
  /** True if the previous character closed a bracket that may be the text of a link. */
  groupClosed: boolean
  /** The bracket that may become a marker. */
  held: HeldBracket
  /** Text that is not yet a piece. */
  text: string
  /** True if a character that is not special can only be plain text. */
  plain: boolean
}

/** A run of equal characters. */
export interface Run {
  /** The character. */
  readonly char: string
  /** Number of them; 0 for no run. */
  length: number
  /** True if the run begins in the head of a line. */
  readonly opensLine: boolean
  /** The character before it. */
  readonly before: string
}

/** A bracket that may become a marker; it has numbers once it is complete and only the next character is missing. */
export interface HeldBracket {
  /** The text so far; empty for no bracket. */
  readonly text: string
  /** True if the bracket begins a line. */
  readonly opensLine: boolean
  /** The numbers of a complete marker. */
  readonly numbers: readonly number[]
}

/** The numbers of a bracket that is not complete. */
export const NO_NUMBERS: readonly number[] = []

/** No bracket. */
export const NOTHING_HELD: HeldBracket = { text: '', opensLine: false, numbers: NO_NUMBERS }

/** No run. */
export const NO_RUN: Readonly<Run> = { char: '', length: 0, opensLine: false, before: '' }

/** Begins the scan of a text. */
export function beginScan(): Scan {
  return {
    lines: createMarkdownLines(),
    undecided: createUndecidedMarkers(),
    tex: createTexCommands(),
    mode: PROSE,
    recent: '',
    length: 0,
    passed: [],
    passedCount: 0,
    contextStart: 0,
    run: NO_RUN,
    groupClosed: false,
    held: NOTHING_HELD,
    text: '',
    plain: false,
  }
}
