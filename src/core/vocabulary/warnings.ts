/** The message of each warning. The keys are the complete list of codes. */
const MESSAGES = {
  'citation-unknown': 'The answer cites a source that does not exist',
  'condense-failed': 'The question was searched for as it was asked, without the conversation',
  'history-trimmed': 'The oldest messages of the conversation were left out',
  'context-trimmed': 'Some of the text that was found was left out to keep within the budget',
  'retrieval-degraded': 'The search for sources failed, so sources are missing or less relevant',
  'output-capped': 'The answer reached its maximum length',
  'citations-capped': 'The answer has too many citations: further citation markers are kept as text',
  uncited: 'The answer cites none of the sources that were found',
  'finish-reason-missing': 'The model ended without a finish reason',
  'finish-reason-unknown': 'The model ended with an unknown finish reason, so the answer may be cut',
  retrying: 'The model did not answer and is asked again',
  'source-url-dropped': 'The address of a source is not of an allowed kind and was left out',
} as const satisfies Record<string, string>

/** A problem that the run survives. The list is closed. */
export type WarningCode = keyof typeof MESSAGES

/** All warning codes. */
export const WARNING_CODES: readonly WarningCode[] = Object.freeze(Object.keys(MESSAGES).filter(isWarningCode))

/** Makes the event of a warning, with its fixed message. */
export function warning(code: WarningCode): Warning & { readonly type: 'warning' } {
  return { type: 'warning', code, message: MESSAGES[code] }
}

/** Returns true if `value` is one of the {@link WARNING_CODES}. */
export function isWarningCode(value: unknown): value is WarningCode {
  return typeof value === 'string' && Object.hasOwn(MESSAGES, value)
}

/** A warning, in the stream and in the result. */
export interface Warning {
  /** The kind of the problem. */
  readonly code: WarningCode
  /** A fixed message; it never contains text of an upstream. */
  readonly message: string
}
