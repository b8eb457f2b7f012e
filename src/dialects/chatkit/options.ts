import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { MARKER_MODES, type MarkerMode } from '../../core/options/option-choices.ts'
import { booleanOption } from '../../core/options/options-with-defaults.ts'
import { expectOneOf, expectString } from '../../core/options/validate.ts'

/** Options of {@link chatkit}. */
export interface ChatKitOptions {
  /** The path of the route. @defaultValue `/chatkit` */
  readonly path?: string | undefined
  /**
   * `strip` leaves the citation markers out of the text that ChatKit shows, because ChatKit draws its own; `keep` shows
   * both. Stored answers keep their markers either way. @defaultValue `strip`
   */
  readonly markers?: MarkerMode | undefined
  /**
   * Shows a stop button while an answer is written. The button closes the connection, which stops the run under the default
   * `onDisconnect: 'abort'`. Set false for a server whose runs continue. @defaultValue true
   */
  readonly allowCancel?: boolean | undefined
  /** The texts that ChatKit shows, such as in another language; an empty text shows nothing. @defaultValue in English */
  readonly labels?: Partial<ChatKitLabels> | undefined
}

/** The texts that the dialect adds to a conversation. */
export interface ChatKitLabels {
  /** Progress while the question is rewritten. @defaultValue `Reading the conversation` */
  readonly condensing: string
  /** Progress while sources are searched. @defaultValue `Searching for sources` */
  readonly retrieving: string
  /** Progress while sources are ranked. @defaultValue `Ranking the sources` */
  readonly reranking: string
  /** Progress until the first word. @defaultValue `Writing the answer` */
  readonly generating: string
  /** Shown after an answer that was stopped. @defaultValue `The answer was stopped` */
  readonly abort: string
  /** Shown after an answer that reached its maximum length. @defaultValue `The answer reached its maximum length` */
  readonly length: string
  /** Shown after an answer that a filter cut. @defaultValue `A content filter ended the answer` */
  readonly 'content-filter': string
}

/** The options with their defaults. */
export interface ResolvedChatKitOptions {
  /** The path of the route. */
  readonly path: string
  /** Keeps or strips the markers. */
  readonly markers: MarkerMode
  /** True if a stop button is shown. */
  readonly allowCancel: boolean
  /** All texts. */
  readonly labels: ChatKitLabels
}

const ENGLISH: ChatKitLabels = {
  condensing: 'Reading the conversation',
  retrieving: 'Searching for sources',
  reranking: 'Ranking the sources',
  generating: 'Writing the answer',
  abort: 'The answer was stopped',
  length: 'The answer reached its maximum length',
  'content-filter': 'A content filter ended the answer',
}

const OPTIONS: OptionNames<ChatKitOptions> = { path: true, markers: true, allowCancel: true, labels: true }

const LABELS: OptionNames<ChatKitLabels> = {
  condensing: true,
  retrieving: true,
  reranking: true,
  generating: true,
  abort: true,
  length: true,
  'content-filter': true,
}

/**
 * Checks the options, and applies the defaults. `createChatHandler` checks the path.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function resolveOptions(options: ChatKitOptions = {}): ResolvedChatKitOptions {
  expectOptions(options, OPTIONS, { of: 'chatkit' })
  const { path, markers, allowCancel, labels = {} } = options
  expectOptions(labels, LABELS, { of: 'chatkit', within: 'labels' })
  const given = Object.entries(labels).filter(([name, text]) => expectString(`labels.${name}`, text) !== undefined)
  return {
    path: path ?? '/chatkit',
    markers: expectOneOf('markers', markers ?? 'strip', MARKER_MODES),
    allowCancel: booleanOption('allowCancel', allowCancel, true),
    labels: { ...ENGLISH, ...Object.fromEntries(given) },
  }
}
