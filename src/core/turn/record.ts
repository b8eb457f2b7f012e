import { errorChannel, eventChannel, finishChannel } from '../observe/diagnostics.ts'
import { publicError, rememberError, toChatError, type ChatError } from '../vocabulary/chat-error.ts'
import { publicMessage } from '../vocabulary/error-codes.ts'
import { PROTOCOL_VERSION, type ChatEvent, type ErrorEvent, type UnnumberedEvent } from '../vocabulary/events.ts'
import type { Phase } from '../vocabulary/phases.ts'
import { callHook } from '../observe/hooks.ts'
import type { StageReport } from '../vocabulary/stage-report.ts'
import type { ResolvedChatOptions } from './resolve-options.ts'
import { createResultFold } from '../vocabulary/result-fold.ts'
import type { ChatResult, FinishReason, Timings } from '../vocabulary/result.ts'
import { estimateTokens } from '../text/estimate-tokens.ts'
import { estimateUsage, totalUsage, type TokenUsage, type Usage } from '../vocabulary/usage.ts'

/** How the work of a turn ended. */
export interface Ending {
  readonly finishReason: FinishReason
  /** What went wrong, where the reason is `error`. */
  readonly error?: ChatError
  /** What the history holds of this run already, and keeps. */
  readonly kept?: ChatResult
}

/** The end of a turn as the reader gets it. */
export interface ConclusionOutput {
  readonly type: 'conclusion'
  readonly result: ChatResult
  readonly error?: ChatError
}

/** What a turn says: events but for the terminal one, and at last its conclusion. */
export type TurnOutput = Exclude<UnnumberedEvent, { readonly type: 'done' | 'error' }> | ConclusionOutput

/** The record of one run: what it is doing, what it took, and what the reader has got so far. */
export interface TurnRecord {
  /** The first event. */
  start(): TurnOutput
  /** True if the reader has got anything but the ids. */
  hasWorked(): boolean
  /** Notes the time at which a stage was over, once. */
  mark(stage: Exclude<keyof Timings, 'total'>): void
  /** Notes what the model was sent, for an estimate of the tokens should it not say them. */
  prompted(texts: readonly string[]): void
  /** Notes the tokens that a phase used. */
  spent(phase: keyof Usage['phases'], usage: TokenUsage): void
  /** Tells the observers of a failure. */
  report(error: ChatError): void
  /** Tells the observers what a stage has come to. */
  stage(report: StageReport): void
  /** The events so far as a result that ends with this reason. */
  result(ending: Pick<Ending, 'finishReason' | 'error'>): ChatResult
  /** Tells the observers how the run ended. */
  finished(result: ChatResult): void
  /** Numbers what the reader takes, folds it into the result, and shows it to the observers. */
  deliver(output: TurnOutput): ChatEvent
}

/** Opens the record of a run. Nothing in it waits, and nothing in it throws. */
export function createTurnRecord(options: ResolvedChatOptions): TurnRecord {
  const { runId, messageId, threadId, clock, countTokens, answerSource } = options
  const startedAt = clock.now()
  const timings: { -readonly [Stage in keyof Timings]?: number } = {}
  // A clock that is set back or broken must not cost the answer: a time that is no number could not be read back.
  const elapsedMs = (): number => Math.round(clock.now() - startedAt) || 0
  const spent: { -readonly [Phase in keyof Usage['phases']]: TokenUsage } = {}
  let phase: Phase = answerSource.kind === 'engine' ? 'generating' : 'retrieving'
  let prompt: readonly string[] | undefined
  const fold = createResultFold()
  let seq = 0

  function report(error: ChatError): void {
    callHook(options.onError, error)
    errorChannel.publish(() => ({ runId, error }))
  }

  function publish(event: ChatEvent): void {
    eventChannel.publish(() => ({ runId, event }))
  }

  function estimate(texts: readonly string[]): TokenUsage {
    try {
      return estimateUsage(texts, fold.answer, countTokens)
    } catch (thrown) {
      // The counter is the caller's own, and a run ends even if it throws.
      report(toChatError(thrown))
      return estimateUsage(texts, fold.answer, estimateTokens)
    }
  }

  function usage(): Usage {
    // A phase that never reached its model has used nothing, and that is no estimate.
    const generating = spent.generating ?? (prompt && estimate(prompt))
    return totalUsage({ ...spent, ...(generating && { generating }) })
  }

  function terminal({ result, error }: ConclusionOutput): ChatEvent {
    return error ? toErrorEvent(error, { seq, phase, partial: result }) : { type: 'done', seq, ...result }
  }

  function number(output: TurnOutput): ChatEvent {
    // Written out, because copying the fields of every token costs more than making them.
    if (output.type === 'token') return { type: 'token', delta: output.delta, at: output.at, seq }
    return output.type === 'conclusion' ? terminal(output) : { ...output, seq }
  }

  return {
    start: () => ({
      type: 'start',
      v: PROTOCOL_VERSION,
      runId,
      messageId,
      ...(threadId !== undefined && { threadId }),
    }),
    hasWorked: () => seq > 1,
    mark(stage) {
      timings[stage] ??= elapsedMs()
    },
    prompted(texts) {
      prompt = texts
    },
    spent(phase, { inputTokens, outputTokens, totalTokens, estimated }) {
      // A model may say anything; what is no number would be kept as null, and could not be read back.
      if (![inputTokens, outputTokens, totalTokens].every(Number.isFinite)) return
      spent[phase] = { inputTokens, outputTokens, totalTokens, ...(estimated && { estimated: true }) }
    },
    report,
    stage(report) {
      callHook(options.onStage, report)
    },
    result: ({ finishReason, error }) => ({
      ...fold.result(),
      finishReason,
      ...(error && { error: publicError(error.code) }),
      usage: usage(),
      timings: { ...timings, total: elapsedMs() },
      saved: false,
    }),
    finished(result) {
      callHook(options.onFinish, result)
      finishChannel.publish(() => ({ runId, result }))
    },
    deliver(output) {
      if (output.type === 'status') phase = output.phase
      const event = number(output)
      seq += 1
      fold.add(event)
      callHook(options.onEvent, event)
      // Asked first, because this stands in the path of every token.
      if (eventChannel.isHeard()) publish(event)
      return event
    },
  }
}

/** Makes the event of a failure; its cause stays on the server. */
export function toErrorEvent(error: ChatError, facts: Pick<ErrorEvent, 'seq' | 'phase' | 'partial'>): ErrorEvent {
  const { code, retryable, retryAfterMs } = error
  const { seq, phase, partial } = facts
  const message = publicMessage(code)
  const event: ErrorEvent = {
    type: 'error',
    seq,
    code,
    message,
    retryable,
    ...(retryAfterMs !== undefined && Number.isFinite(retryAfterMs) && { retryAfterMs }),
    phase,
    partial,
  }
  rememberError(event, error)
  return event
}
