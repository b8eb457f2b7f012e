import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { expectFunction, expectId } from '../core/options/validate.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { RunReader } from './run-log.ts'
import type { RunKey } from './run-store.ts'

/** A run to start. */
export interface StartRun extends RunKey {
  /** The thread of the run, if it has one. */
  readonly threadId?: string | undefined
  /**
   * Creates the stream of the run, such as a call of `streamChat`. It is called first, so that invalid options fail early.
   * The stream must do nothing until it is read, and must end when the signal fires.
   */
  readonly open: (signal: AbortSignal) => AsyncIterable<ChatEvent>
}

/** A run that has started. */
export interface StartedRun {
  /** Distinguishes it from the other outcomes. */
  readonly outcome: 'started'
  /** True if the run existed before. */
  readonly attached: boolean
  /**
   * Returns a reader of all events. The disconnect policy applies only after a run had a reader.
   *
   * @throws ChatError `too-many-runs` when `maxReadersPerRun` or `maxBufferedBytes` is reached
   */
  read(): RunReader
  /** Resolves when the run has ended; at once for a run of another process. */
  readonly ended: Promise<void>
}

/** The outcome of starting a run. */
export type StartRunOutcome =
  | StartedRun
  /** Another run of the thread is active. */
  | { readonly outcome: 'thread-busy'; readonly runId: string }

const START_RUN: OptionNames<StartRun> = { scope: true, runId: true, threadId: true, open: true }

/**
 * Validates a run to start.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function expectRun(run: StartRun): void {
  expectOptions(run, START_RUN, { of: 'start' })
  for (const field of ['scope', 'runId'] as const) {
    if (expectId(field, run[field]) === undefined) throw invalidInput(field, `Cannot start a run without ${field}`)
  }
  expectId('threadId', run.threadId)
  expectFunction('open', run.open)
}
