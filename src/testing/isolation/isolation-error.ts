/** A violation of the separation of scopes. */
export interface IsolationFinding {
  /** Name of the attack that found it, such as `hostile filters`. */
  readonly attack: string
  /** The scope that the retriever was asked for, as text. */
  readonly scope: string
  /** A sentence with the call and its consequence. */
  readonly message: string
}

// A retriever that ignores the scope fails nearly every call.
const SHOWN = 20

/** The error of `assertIsolated`. Its message lists the findings. */
export class IsolationError extends Error {
  override readonly name = 'IsolationError'
  /** Test runners show an error with this code as a failed assertion. */
  readonly code = 'ERR_ASSERTION'
  /** All findings, in the order of the attacks. */
  readonly findings: readonly IsolationFinding[]

  constructor(findings: readonly IsolationFinding[]) {
    const lines = findings
      .slice(0, SHOWN)
      .map(({ attack, scope, message }) => `- ${attack}, scope ${scope}: ${message}`)
    const more = findings.length > SHOWN ? [`- and ${findings.length - SHOWN} more, in error.findings`] : []
    const count = `${findings.length} violation${findings.length === 1 ? '' : 's'}`
    super([`The scopes of the retriever are not isolated: ${count}`, ...lines, ...more].join('\n'))
    this.findings = findings
  }
}
