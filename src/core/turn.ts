import { errorChannel, eventChannel, finishChannel } from './diagnostics.ts'
import { publicMessage, rememberError, type ChatError } from './errors.ts'
import { PROTOCOL_VERSION, type ChatEvent, type Phase, type UnnumberedEvent } from './events.ts'
import { callHook } from './hooks.ts'
import type { ResolvedChatOptions } from './options.ts'
import {
  EMPTY_RESULT,
  reduceEvent,
  type ChatResult,
  type FinishReason,
  type PartialChatResult,
  type Timings,
} from './result.ts'
import { estimateUsage, totalUsage, type TokenUsage, type Usage } from './usage.ts'

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
  let folded: PartialChatResult = EMPTY_RESULT
  let seq = 0

  function usage(): Usage {
    // A run that never reached the model has used nothing, and that is no estimate.
    const generating = spent ?? (prompt && estimateUsage(prompt, folded.answer, countTokens))
    return totalUsage({ ...(generating && { generating }) })
  }

  function resultOf({ finishReason }: Ending): ChatResult {
    return {
      ...folded,
      finishReason,
      usage: usage(),
      timings: { ...timings, total: elapsedMs() },
      saved: false,
    }
  }

  function terminal(ending: Ending): ChatEvent {
    const result = resultOf(ending)
    callHook(options.onFinish, result)
    finishChannel.publish(() => ({ runId, result }))
    if (ending.finishReason !== 'error') return { type: 'done', seq, ...result }
    const { code, retryable, retryAfterMs } = ending.error
    const message = publicMessage(code)
    const event: ChatEvent = {
      type: 'error',
      seq,
      code,
      message,
      retryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      phase,
      partial: result,
    }
    rememberError(event, ending.error)
    return event
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
    spent(usage) {
      spent = usage
    },
    report(error) {
      callHook(options.onError, error)
      errorChannel.publish(() => ({ runId, error }))
    },
    deliver(output) {
      if (output.type === 'status') phase = output.phase
      const event = output.type === 'ending' ? terminal(output) : { ...output, seq }
      seq += 1
      folded = reduceEvent(folded, event)
      callHook(options.onEvent, event)
      eventChannel.publish(() => ({ runId, event }))
      return event
    },
    abandon() {
      terminal({ type: 'ending', finishReason: 'abort' })
    },
  }
}
