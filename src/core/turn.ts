import { errorChannel, eventChannel, finishChannel } from './diagnostics.ts'
import { publicMessage, rememberError, toChatError, type ChatError } from './errors.ts'
import { PROTOCOL_VERSION, type ChatEvent, type ErrorEvent, type Phase, type UnnumberedEvent } from './events.ts'
import { callHook } from './hooks.ts'
import type { ResolvedChatOptions } from './options.ts'
import { createResultFold, type ChatResult, type FinishReason, type Timings } from './result.ts'
import { estimateTokens, estimateUsage, totalUsage, type TokenUsage } from './usage.ts'

/** How a run ends, before the result is known that its last event carries. */
export type Ending =
  | { readonly type: 'ending'; readonly finishReason: Exclude<FinishReason, 'error'> }
  | { readonly type: 'ending'; readonly finishReason: 'error'; readonly error: ChatError }

/** What the work of a turn says: events but for the terminal one, and at last how it ended. */
export type TurnOutput = Exclude<UnnumberedEvent, { readonly type: 'done' | 'error' }> | Ending

/** The record of one run: what it is doing, what it took, and what the reader has got so far. */
export interface Turn {
  /** The first event. */
  start(): TurnOutput
  /** Notes the time at which a stage was over, once. */
  mark(stage: Exclude<keyof Timings, 'total'>): void
  /** Notes what the model was sent, for an estimate of the tokens should it not say them. */
  prompted(texts: readonly string[]): void
  /** Notes the tokens that the model says it used for the answer. */
  spent(usage: TokenUsage): void
  /** Tells the observers of a failure. */
  report(error: ChatError): void
  /** Numbers what the reader takes, folds it into the result, and shows it to the observers. */
  deliver(output: TurnOutput): ChatEvent
  /** Ends a run whose reader has left: nobody takes its last event, but the observers hear of it. */
  abandon(): void
}

/** Opens the record of a run. Nothing in it waits, and nothing in it throws. */
export function createTurn(options: ResolvedChatOptions): Turn {
  const { runId, threadId, clock, countTokens, answerSource } = options
  const startedAt = clock.now()
  const timings: { -readonly [Stage in keyof Timings]?: number } = {}
  const elapsedMs = (): number => Math.round(clock.now() - startedAt)
  let phase: Phase = answerSource.kind === 'engine' ? 'generating' : 'retrieving'
  let prompt: readonly string[] | undefined
  let spent: TokenUsage | undefined
  const fold = createResultFold()
  let seq = 0

  function report(error: ChatError): void {
    callHook(options.onError, error)
    errorChannel.publish(() => ({ runId, error }))
  }

  function estimate(texts: readonly string[]): TokenUsage {
    try {
      return estimateUsage(texts, fold.result().answer, countTokens)
    } catch (thrown) {
      // The counter is the caller's own, and a run ends even if it throws.
      report(toChatError(thrown))
      return estimateUsage(texts, fold.result().answer, estimateTokens)
    }
  }

  function finish({ finishReason }: Ending): ChatResult {
    // A run that never reached the model has used nothing, and that is no estimate.
    const generating = spent ?? (prompt && estimate(prompt))
    const result: ChatResult = {
      ...fold.result(),
      finishReason,
      usage: totalUsage({ ...(generating && { generating }) }),
      timings: { ...timings, total: elapsedMs() },
      saved: false,
    }
    callHook(options.onFinish, result)
    finishChannel.publish(() => ({ runId, result }))
    return result
  }

  function terminal(ending: Ending): ChatEvent {
    const result = finish(ending)
    if (ending.finishReason !== 'error') return { type: 'done', seq, ...result }
    return toErrorEvent(ending.error, { seq, phase, partial: result })
  }

  return {
    start: () => ({
      type: 'start',
      v: PROTOCOL_VERSION,
      runId,
      messageId: crypto.randomUUID(),
      ...(threadId !== undefined && { threadId }),
    }),
    mark(stage) {
      timings[stage] ??= elapsedMs()
    },
    prompted(texts) {
      prompt = texts
    },
    spent({ inputTokens, outputTokens, totalTokens }) {
      spent = { inputTokens, outputTokens, totalTokens }
    },
    report,
    deliver(output) {
      if (output.type === 'status') phase = output.phase
      const event = output.type === 'ending' ? terminal(output) : { ...output, seq }
      seq += 1
      fold.add(event)
      callHook(options.onEvent, event)
      eventChannel.publish(() => ({ runId, event }))
      return event
    },
    abandon() {
      finish({ type: 'ending', finishReason: 'abort' })
    },
  }
}

function toErrorEvent(error: ChatError, facts: Pick<ErrorEvent, 'seq' | 'phase' | 'partial'>): ErrorEvent {
  const { code, retryable, retryAfterMs } = error
  const { seq, phase, partial } = facts
  const message = publicMessage(code)
  const event: ErrorEvent = {
    type: 'error',
    seq,
    code,
    message,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    phase,
    partial,
  }
  rememberError(event, error)
  return event
}
