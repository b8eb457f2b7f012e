import { untilAborted } from '../async/abortable.ts'
import { createDeadline } from '../async/deadline.ts'
import { askToReturn } from '../async/iterators.ts'
import { linkSignal } from '../async/link-signal.ts'
import type { Clock } from '../clock.ts'
import { ChatError } from '../errors.ts'
import type { WarningCode } from '../events.ts'
import type { TokenUsage } from '../usage.ts'
import type { ModelFinishReason } from './chat-model.ts'
import type { EngineEvent, EngineSource } from './engine.ts'

/**
 * Limits of an attempt, and where its output goes. A returned promise means that the reader is not ready: it is
 * waited for, and no timer counts meanwhile.
 */
export interface AttemptOptions {
  readonly idleMs: number
  readonly maxAnswerChars: number
  readonly clock: Clock
  readonly signal: AbortSignal
  onText(delta: string): Promise<void> | undefined
  onSource(source: EngineSource): Promise<void> | undefined
  onWarning(code: WarningCode): Promise<void> | undefined
  /** The tokens that the model reports for the attempt, also when it fails. */
  onUsage(usage: FinishUsage): void
}

/** Tokens as a model reports them. */
export type FinishUsage = Omit<TokenUsage, 'estimated'>

/** How a generation ended. */
export interface Generation {
  readonly finishReason: ModelFinishReason
  /** The server's own word, if it is not a known one. */
  readonly rawFinishReason?: string
}

/** Opens the model's stream. */
export type OpenAttempt = (signal: AbortSignal) => AsyncIterable<EngineEvent>

/**
 * Reads the model once, to its end or to `maxAnswerChars`. The model must show activity within `firstTokenMs` and
 * then at least every `idleMs`. However it ends, the model is told to stop.
 */
export async function readAttempt(
  open: OpenAttempt,
  options: AttemptOptions,
  firstTokenMs: number,
): Promise<Generation> {
  const controller = new AbortController()
  const { signal } = controller
  const unlink = linkSignal(options.signal, (reason) => controller.abort(reason))
  const deadline = createDeadline(() => controller.abort(tooSlow(active)), options.clock)
  let iterator: AsyncIterator<EngineEvent> | undefined
  let finished = false
  let active = false
  let over = false

  async function read(): Promise<Generation> {
    iterator = open(signal)[Symbol.asyncIterator]()
    let patience = firstTokenMs
    let room = options.maxAnswerChars
    // Blanks before the first visible text: an answer of blanks only counts as empty, and the model is asked again.
    let blanks = ''
    let visible = false
    for (;;) {
      deadline.set(patience)
      // A model that has ended by itself, or thrown, is not told to stop.
      finished = true
      const { done, value: event } = await iterator.next()
      // A deaf model may go on long after its attempt was given up.
      signal.throwIfAborted()
      if (done) throw new ChatError('The model ended without saying so', { code: 'upstream-incomplete' })
      finished = false
      expectEvent(event)
      active ||= event.type !== 'source'
      // Only the waits for the model count: a reader who pauses is no model that stalls.
      patience = active ? options.idleMs : deadline.remaining()
      deadline.clear()
      over = event.type === 'finish'
      if (event.type === 'finish') return finish(event, visible, options)
      if (event.type === 'source') await options.onSource(event.source)
      if (event.type !== 'text' || event.delta === '') continue
      const delta = event.delta.length < room ? event.delta : cut(event.delta, room)
      room -= event.delta.length
      if (visible || isVisible(event.delta)) {
        const text = visible ? delta : blanks + delta
        visible = true
        const paused = text === '' ? undefined : options.onText(text)
        if (paused) await paused
      } else {
        blanks += delta
      }
      if (room <= 0) return capped(visible, options)
    }
  }

  try {
    // The whole loop is waited for and not each read: a promise for every token would cost as much as parsing it.
    return await untilAborted(read(), signal)
  } finally {
    deadline.dispose()
    unlink()
    if (!finished || signal.aborted) askToReturn(iterator)
    // A normal end is no abort.
    if (!over) controller.abort(new DOMException('The attempt was given up', 'AbortError'))
  }
}

function tooSlow(active: boolean): ChatError {
  return active
    ? new ChatError('The model fell silent for longer than idleMs', { code: 'upstream-stalled' })
    : new ChatError('The model did not start within firstTokenMs', { code: 'upstream-timeout' })
}

type FinishEvent = Extract<EngineEvent, { type: 'finish' }>

async function finish(event: FinishEvent, visible: boolean, options: AttemptOptions): Promise<Generation> {
  const usage = readUsage(event.usage)
  if (usage) options.onUsage(usage)
  const generation = readReason(event)
  // A filter may leave nothing of an answer, and that is what there is to say.
  if (!visible && generation.finishReason !== 'content-filter') throw emptyAnswer(generation)
  if (event.finishReason === undefined) await options.onWarning('finish-reason-missing')
  if (generation.rawFinishReason !== undefined) await options.onWarning('finish-reason-unknown')
  return generation
}

const REASONS: ReadonlySet<unknown> = new Set<ModelFinishReason>(['stop', 'length', 'content-filter', 'other'])

// A model of the user's own may say anything, and what the result cannot hold would be kept and never read again.
function readReason({ finishReason = 'stop', rawFinishReason }: FinishEvent): Generation {
  if (!REASONS.has(finishReason)) return { finishReason: 'other', rawFinishReason: String(finishReason) }
  return { finishReason, ...(typeof rawFinishReason === 'string' && { rawFinishReason }) }
}

function readUsage(usage: Partial<FinishUsage> | undefined): FinishUsage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { inputTokens, outputTokens } = usage
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined
  const { totalTokens = inputTokens + outputTokens } = usage
  return isCount(totalTokens) ? { inputTokens, outputTokens, totalTokens } : undefined
}

function isCount(count: unknown): count is number {
  return typeof count === 'number' && Number.isFinite(count) && count >= 0
}

function emptyAnswer({ finishReason, rawFinishReason }: Generation): ChatError {
  // The next attempt would think as long again, and be paid for.
  if (finishReason === 'length') {
    const message = 'The model used all of its output tokens before the answer began: raise maxOutputTokens'
    return new ChatError(message, { code: 'upstream-incomplete', retryable: false })
  }
  const word = rawFinishReason ?? finishReason
  return new ChatError(`The model ended with ${word} but without any text`, { code: 'upstream-incomplete' })
}

function expectEvent(event: unknown): void {
  if (typeof event !== 'object' || event === null) throw noEvent(event)
  if ('type' in event && event.type === 'text' && !('delta' in event && typeof event.delta === 'string'))
    throw noEvent(event)
}

function noEvent(event: unknown): ChatError {
  return new ChatError('The model yielded something that is not an event', {
    code: 'upstream-bad-response',
    cause: event,
  })
}

async function capped(visible: boolean, options: AttemptOptions): Promise<Generation> {
  if (!visible) throw emptyAnswer({ finishReason: 'stop' })
  await options.onWarning('output-capped')
  return { finishReason: 'length' }
}

// Neither blanks nor characters that only format, such as a zero width space.
function isVisible(text: string): boolean {
  return /[^\s\p{Cc}\p{Cf}]/u.test(text)
}

/** The first `room` code units of `text`, less half a character at the cut. */
function cut(text: string, room: number): string {
  const last = text.charCodeAt(room - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? room - 1 : room)
}
