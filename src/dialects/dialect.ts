import type { ChatEvent } from '../core/vocabulary/events.ts'

/** How events look on the wire: what every dialect says of itself. */
export interface Dialect {
  readonly headers: Readonly<Record<string, string>>
  /** Sent before anything is known, so that the headers leave at once; empty for none. */
  readonly opening: string
  /** A sign of life that readers skip; empty for a dialect that has none. */
  readonly keepAlive: string
  /** True if a failure has no form of its own, so that the connection must break to show it. */
  readonly breaksOnError: boolean
  /**
   * Starts a stream. What it returns makes the frame of each event, in order; empty where the dialect does not say it.
   * `acknowledged` gives the position that a reader may resume after, where the run is kept.
   */
  open(acknowledged?: Acknowledged): (event: ChatEvent) => string
}

/** `seq` of the last event that a run store has confirmed; -1 for none. */
export type Acknowledged = () => number
