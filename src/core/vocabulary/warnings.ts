const MESSAGES: Readonly<Record<WarningCode, string>> = {
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
}

/** The event of a warning, with its fixed sentence. */
export function warning(code: WarningCode): Warning & { readonly type: 'warning' } {
  return { type: 'warning', code, message: MESSAGES[code] }
}

/** True if `value` is the code of a warning. */
export function isWarningCode(value: unknown): value is WarningCode {
  return typeof value === 'string' && Object.hasOwn(MESSAGES, value)
}

/** Something the reader or operator should know although the run goes on. The list is closed. */
export type WarningCode =
  | 'citation-unknown'
  | 'condense-failed'
  | 'history-trimmed'
  | 'context-trimmed'
  | 'retrieval-degraded'
  | 'output-capped'
  | 'citations-capped'
  | 'finish-reason-missing'
  | 'finish-reason-unknown'
  | 'retrying'
  | 'source-url-dropped'

/** A warning as it travels and as the result keeps it. */
export interface Warning {
  readonly code: WarningCode
  /** One safe sentence; it never holds text of an upstream. */
  readonly message: string
}
