import { errorChannel, eventChannel, finishChannel } from '../observe/diagnostics.ts'
import { callHook } from '../observe/call-hook.ts'
import type { ResolvedChatOptions } from '../options/resolved-options.ts'
import type { ResolvedTurnOptions } from '../options/resolved-turn-options.ts'
import { estimateTokens } from '../text/estimate-tokens.ts'
import {
  addPiece,
  createGrowingText,
  lengthOfText,
  partOfText,
  wholeText,
  type GrowingText,
} from '../text/growing-text.ts'
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
  /** Returns the result of the events up to the one with `lastSeq`: the latest event, or the one before it. */
  resultUpTo(lastSeq: number): PartialChatResult
  /** Returns a part of the text that the reader has taken. */
  textOf(start: number, end: number): string
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
  const tracker: OpenTracker = {
    clock,
    countTokens,
    hooks,
    input,
    onErrorEvent,
    startedAt: clock.now(),
    timings: {},
    usages: {},
    phase: chat.answerSource.kind === 'engine' ? 'generating' : 'retrieving',
    prompt: undefined,
    text: createGrowingText(),
    fold: createResultFold(),
    unfolded: undefined,
    lengthBeforeLatest: 0,
    seq: 0,
    firstOutput,
    hasWorked,
    markTime,
    setPrompt,
    setUsage,
    reportError,
    reportStage,
    resultOf,
    resultUpTo,
    textOf,
    reportResult,
    toEvent,
  }
  return tracker
}

/** A tracker with its state. Its functions are shared: each open stream has one, and closures of each take more memory. */
interface OpenTracker extends TurnTracker, Pick<ResolvedChatOptions, 'clock' | 'countTokens' | 'hooks'> {
  readonly input: TurnTrackerOptions['input']
  readonly onErrorEvent: TurnTrackerOptions['onErrorEvent']
  readonly startedAt: number
  readonly timings: { -readonly [Stage in keyof Timings]?: number }
  readonly usages: { -readonly [Phase in keyof Usage['phases']]: TokenUsage }
  phase: Phase
  /** The texts that were sent to the model, or the estimate of their tokens. */
  prompt: readonly string[] | number | undefined
  /** The text of the answer. */
  readonly text: GrowingText
  /** The other events. */
  readonly fold: ResultFold
  /**
   * The latest event, unless it is a token: it is folded with the next one. A reader that cannot use the latest event needs
   * the result without it. A copy, because the reader may change its event.
   */
  unfolded: ChatEvent | undefined
  lengthBeforeLatest: number
  /** The number of the next event. */
  seq: number
}

function toEvent(this: OpenTracker, output: TurnOutput): ChatEvent {
  if (output.type === 'status') this.phase = output.phase
  const event = number(this, output)
  this.seq += 1
  addToFold(this, event)
  callHook(this.hooks.onEvent, event)
  // Checked first, to avoid a closure for every token.
  if (eventChannel.hasSubscribers()) publish(this, event)
  return event
}

function number(tracker: OpenTracker, output: TurnOutput): ChatEvent {
  const { seq } = tracker
  // Written out, because a spread of every token costs more.
  if (output.type === 'token') return { type: 'token', delta: output.delta, at: output.at, seq }
  return output.type === 'conclusion' ? terminal(tracker, output) : { ...output, seq }
}

function terminal({ seq, phase, onErrorEvent }: OpenTracker, { result, error }: ConclusionOutput): ChatEvent {
  if (!error) return { type: 'done', seq, ...result }
  onErrorEvent(error)
  return toErrorEvent(error, { seq, phase, partial: result })
}

function addToFold(tracker: OpenTracker, event: ChatEvent): void {
  if (tracker.unfolded) foldAll(tracker)
  tracker.lengthBeforeLatest = lengthOfText(tracker.text)
  if (event.type === 'token') addPiece(tracker.text, event.delta)
  else tracker.unfolded = { ...event }
}

function foldAll(tracker: OpenTracker): void {
  if (tracker.unfolded) tracker.fold.add(tracker.unfolded)
  tracker.unfolded = undefined
}

/** Returns the result of all events so far. */
function wholeResult(tracker: OpenTracker): PartialChatResult {
  foldAll(tracker)
  const result = tracker.fold.result()
  // Only a terminal event brings an answer of its own; the tokens are in the text.
  return result.answer === '' ? { ...result, answer: wholeText(tracker.text) } : result
}

function publish({ input: { runId } }: OpenTracker, event: ChatEvent): void {
  eventChannel.publish(() => ({ runId, event }))
}

function firstOutput(this: OpenTracker): TurnOutput {
  const { runId, messageId, threadId } = this.input
  return { type: 'start', v: PROTOCOL_VERSION, runId, messageId, ...(threadId !== undefined && { threadId }) }
}

function hasWorked(this: OpenTracker): boolean {
  return this.seq > 1
}

function markTime(this: OpenTracker, stage: Exclude<keyof Timings, 'total'>): void {
  this.timings[stage] ??= elapsedMs(this)
}

// A broken clock may return NaN, which cannot be read back from the store.
function elapsedMs({ clock, startedAt }: OpenTracker): number {
  return Math.round(clock.now() - startedAt) || 0
}

function setPrompt(this: OpenTracker, texts: readonly string[]): void {
  // A prompt is large, and estimating it costs nothing. Only a counter of the caller waits until it is needed.
  this.prompt = this.countTokens === estimateTokens ? countAll(texts, estimateTokens) : texts
}

function setUsage(this: OpenTracker, phase: keyof Usage['phases'], usage: TokenUsage): void {
  const { inputTokens, outputTokens, totalTokens, estimated } = usage
  // A model may report any value. NaN would be stored as null, which cannot be read back.
  if (![inputTokens, outputTokens, totalTokens].every(Number.isFinite)) return
  this.usages[phase] = { inputTokens, outputTokens, totalTokens, ...(estimated && { estimated: true }) }
}

function usageOf(tracker: OpenTracker): Usage {
  const { usages, prompt } = tracker
  // A phase that never asked its model has used nothing, so nothing is estimated.
  const generating = usages.generating ?? (prompt === undefined ? undefined : estimate(tracker, prompt))
  return totalUsage({ ...usages, ...(generating && { generating }) })
}

function estimate(tracker: OpenTracker, prompt: readonly string[] | number): TokenUsage {
  const answer = wholeText(tracker.text)
  try {
    return estimateUsage(prompt, answer, tracker.countTokens)
  } catch (thrown) {
    // The counter of the caller may throw, but the run must still end.
    tracker.reportError(toChatError(thrown))
    return estimateUsage(prompt, answer, estimateTokens)
  }
}

function reportError(this: OpenTracker, error: ChatError): void {
  const { hooks, input } = this
  callHook(hooks.onError, error)
  // If the chat and the request have the same function, it is called once.
  if (input.onError !== hooks.onError) callHook(input.onError, error)
  errorChannel.publish(() => ({ runId: input.runId, error }))
}

function reportStage(this: OpenTracker, report: StageReport): void {
  callHook(this.hooks.onStage, report)
}

function reportResult(this: OpenTracker, result: ChatResult): void {
  const { runId } = this.input
  callHook(this.hooks.onFinish, result)
  finishChannel.publish(() => ({ runId, result }))
}

function resultOf(this: OpenTracker, { finishReason, error }: Pick<Ending, 'finishReason' | 'error'>): ChatResult {
  return {
    ...wholeResult(this),
    finishReason,
    ...(error && { error: publicError(error.code) }),
    usage: usageOf(this),
    timings: { ...this.timings, total: elapsedMs(this) },
    saved: false,
  }
}

function textOf(this: OpenTracker, start: number, end: number): string {
  return partOfText(this.text, start, end)
}

function resultUpTo(this: OpenTracker, lastSeq: number): PartialChatResult {
  if (lastSeq === this.seq - 1) return wholeResult(this)
  return { ...this.fold.result(), answer: partOfText(this.text, 0, this.lengthBeforeLatest) }
}
