/** A run that is active. */
export interface ActiveRun {
  /** The id of the run. */
  readonly runId: string
  /** The thread of the run, if it has one. */
  readonly threadId?: string
  /** Time of its begin, in milliseconds since 1970. */
  readonly startedAt: number
}
