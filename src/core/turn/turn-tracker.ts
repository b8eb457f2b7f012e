import { errorChannel, eventChannel, finishChannel } from '../observe/diagnostics.ts'
import { callHook } from '../observe/call-hook.ts'
import type { ResolvedChatOptions } from '../options/resolved-options.ts'
import type { ResolvedTurnOptions } from '../options/resolved-turn-options.ts'
import { estimateTokens } from '../text/estimate-tokens.ts'
import { publicError, toChatError, type ChatError } from '../vocabulary/chat-error.ts'
import { toErrorEvent } from '../vocabulary/to-error-event.ts'
import { PROTOCOL_VERSION, type ChatEvent } from '../vocabulary/events.ts'
import type { Phase } from '../vocabulary/phases.ts'
import { createResultFold, type ResultFold } from '../vocabulary/result-fold.ts'
import type { PartialChatResult } from '../vocabulary/reduce-event.ts'
import type { ChatResult, Timings } from '../vocabulary/result.ts'
import type { StageReport } from '../vocabulary/stage-report.ts'
import { countAll, estimateUsage, totalUsage, type TokenUsage, type Usage } from '../vocabulary/usage.ts'
import type { ConclusionOutput, Ending, TurnOutput } from './turn-output.ts'

/** Follows one run: makes its events, measures it, and calls its observers. It never waits and never throws. */
export interface TurnTracker {
  /** Returns the first output. */
  firstOutput(): TurnOutput
  /** Returns true if the reader has taken more than the `start` event. */
  hasWorked(): boolean
  /** Notes the time of the end of a stage; later calls are ignored. */
  markTime(stage: Exclude<keyof Timings, 'total'>): void
  /** Notes the texts that were sent to the model, to estimate their tokens if the model reports none. */
  setPrompt(texts: readonly string[]): void
  /** Notes the tokens that a phase used. */
  setUsage(phase: keyof Usage['phases'], usage: TokenUsage): void
  /** Calls the observers with a failure. */
  reportError(error: ChatError): void
  /** Calls the observer with the outcome of a stage. */
  reportStage(report: StageReport): void
  /** Returns the result of the events so far, with this ending. */
  resultOf(ending: Pick<Ending, 'finishReason' | 'error'>): ChatResult
  /** Returns the result of the events up to `last`: the latest event, or the one before it. */
  resultUpTo(last: ChatEvent | undefined): PartialChatResult
  /** Calls the observers with the result of the run. */
  reportResult(result: ChatResult): void
  /** Makes the event of an output that the reader takes: numbers it, folds it into the result, and calls the observers. */
  toEvent(output: TurnOutput): ChatEvent
}

/** Options of {@link createTurnTracker}. */
export interface TurnTrackerOptions {
  /** The options of the chat that it uses. */
  readonly chat: Pick<ResolvedChatOptions, 'clock' | 'countTokens' | 'answerSource' | 'hooks'>
  /** The options of the turn that it uses. */
  readonly input: Pick<ResolvedTurnOptions, 'runId' | 'messageId' | 'threadId' | 'onError'>
  /** Called with the failure when the reader takes the `error` event. */
  readonly onErrorEvent: (error: ChatError) => void
}

/** Starts to follow a run. */
export function createTurnTracker({ chat, input, onErrorEvent }: TurnTrackerOptions): TurnTracker {
  const { clock, countTokens, hooks } = chat
  const { runId, messageId, threadId, onError } = input
  const startedAt = clock.now()
  const timings: { -readonly [Stage in keyof Timings]?: number } = {}
  // A broken clock may return NaN, which cannot be read back from the store.
  const elapsedMs = (): number => Math.round(clock.now() - startedAt) || 0
  const usages: { -readonly [Phase in keyof Usage['phases']]: TokenUsage } = {}
  let phase: Phase = chat.answerSource.kind === 'engine' ? 'generating' : 'retrieving'
  let prompt: readonly string[] | number | undefined
  const fold = createResultFold()
  // The latest event, unless it is a token: it is folded with the next one. A reader that cannot use the latest event needs
  // the result without it. A copy, because the reader may change its event.
  let unfolded: ChatEvent | undefined
  let lengthBeforeLatest = 0
  let seq = 0

  function addToFold(event: ChatEvent): void {
    if (unfolded) foldAll()
    lengthBeforeLatest = fold.answer.length
    if (event.type === 'token') fold.add(event)
    else unfolded = { ...event }
  }

  function foldAll(): ResultFold {
    if (unfolded) fold.add(unfolded)
    unfolded = undefined
    return fold
  }

  function resultBeforeLatest(): PartialChatResult {
    const result = fold.result()
    return { ...result, answer: result.answer.slice(0, lengthBeforeLatest) }
  }

  function reportError(error: ChatError): void {
    callHook(hooks.onError, error)
    // If the chat and the request have the same function, it is called once.
    if (onError !== hooks.onError) callHook(onError, error)
    errorChannel.publish(() => ({ runId, error }))
  }

  function publish(event: ChatEvent): void {
    eventChannel.publish(() => ({ runId, event }))
  }

  function estimate(prompt: readonly string[] | number): TokenUsage {
    const { answer } = foldAll()
    try {
      return estimateUsage(prompt, answer, countTokens)
    } catch (thrown) {
      // The counter of the caller may throw, but the run must still end.
      reportError(toChatError(thrown))
      return estimateUsage(prompt, answer, estimateTokens)
    }
  }

  function usage(): Usage {
    // A phase that never asked its model has used nothing, so nothing is estimated.
    const generating = usages.generating ?? (prompt === undefined ? undefined : estimate(prompt))
    return totalUsage({ ...usages, ...(generating && { generating }) })
  }

  function terminal({ result, error }: ConclusionOutput): ChatEvent {
    if (!error) return { type: 'done', seq, ...result }
    onErrorEvent(error)
    return toErrorEvent(error, { seq, phase, partial: result })
  }

  function number(output: TurnOutput): ChatEvent {
    // Written out, because a spread of every token costs more.
    if (output.type === 'token') return { type: 'token', delta: output.delta, at: output.at, seq }
    return output.type === 'conclusion' ? terminal(output) : { ...output, seq }
  }

  return {
    firstOutput: () => ({
      type: 'start',
      v: PROTOCOL_VERSION,
      runId,
      messageId,
      ...(threadId !== undefined && { threadId }),
    }),
    hasWorked: () => seq > 1,
    markTime(stage) {
      timings[stage] ??= elapsedMs()
    },
    setPrompt(texts) {
      // A prompt is large, and estimating it costs nothing. Only a counter of the caller waits until it is needed.
      prompt = countTokens === estimateTokens ? countAll(texts, countTokens) : texts
    },
    setUsage(phase, { inputTokens, outputTokens, totalTokens, estimated }) {
      // A model may report any value. NaN would be stored as null, which cannot be read back.
      if (![inputTokens, outputTokens, totalTokens].every(Number.isFinite)) return
      usages[phase] = { inputTokens, outputTokens, totalTokens, ...(estimated && { estimated: true }) }
    },
    reportError,
    reportStage(report) {
      callHook(hooks.onStage, report)
    },
    resultOf: ({ finishReason, error }) => ({
      ...foldAll().result(),
      finishReason,
      ...(error && { error: publicError(error.code) }),
      usage: usage(),
      timings: { ...timings, total: elapsedMs() },
      saved: false,
    }),
    resultUpTo: (last) => ((last?.seq ?? -1) === seq - 1 ? foldAll().result() : resultBeforeLatest()),
    reportResult(result) {
      callHook(hooks.onFinish, result)
      finishChannel.publish(() => ({ runId, result }))
    },
    toEvent(output) {
      if (output.type === 'status') phase = output.phase
      const event = number(output)
      seq += 1
      addToFold(event)
      callHook(hooks.onEvent, event)
      // Checked first, to avoid a closure for every token.
      if (eventChannel.hasSubscribers()) publish(event)
      return event
    },
  }
}
