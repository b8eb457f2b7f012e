/** The sentence of each warning. It is the whole list of codes, too. */
const MESSAGES = {
  'citation-unknown': 'The answer cites a source that does not exist',
  'condense-failed': 'The question was searched for as it was asked, without the conversation',
  'history-trimmed': 'The oldest messages of the conversation were left out',
  'context-trimmed': 'Some of the text that was found was left out to keep within the budget',
  'retrieval-degraded': 'The sources could not be searched, so the answer has none',
  'output-capped': 'The answer reached the longest length that is allowed',
  'citations-capped': 'The answer has too many citations: further citation markers are kept as text',
  'finish-reason-missing': 'The model ended in order but did not say why',
  'finish-reason-unknown': 'The model ended with an unknown finish reason, so the answer may be cut',
  retrying: 'The model did not answer and is asked again',
  'source-url-dropped': 'The address of a source is not of an allowed kind and was left out',
} as const satisfies Record<string, string>

/** A problem that the run survives. The list is closed. */
export type WarningCode = keyof typeof MESSAGES

/** All warning codes. */
export const WARNING_CODES: readonly WarningCode[] = Object.freeze(Object.keys(MESSAGES).filter(isWarningCode))

/** Makes the event of a warning, with its fixed sentence. */
export function warning(code: WarningCode): Warning & { readonly type: 'warning' } {
  return { type: 'warning', code, message: MESSAGES[code] }
}

/** Returns true if `value` is one of the {@link WARNING_CODES}. */
export function isWarningCode(value: unknown): value is WarningCode {
  return typeof value === 'string' && Object.hasOwn(MESSAGES, value)
}

/** A warning as it travels and as the result keeps it. */
export interface Warning {
  /** The kind of the problem. */
  readonly code: WarningCode
  /** One safe sentence; it never holds text of an upstream. */
  readonly message: string
}
