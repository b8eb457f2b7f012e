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
}

/** How a generation ended. */
export interface Generation {
  readonly finishReason: ModelFinishReason
  readonly usage?: Omit<TokenUsage, 'estimated'>
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
    for (;;) {
      deadline.set(patience)
      // A model that has ended by itself, or thrown, is not told to stop.
      finished = true
      const { done, value: event } = await iterator.next()
      // A deaf model may go on long after its attempt was given up.
      signal.throwIfAborted()
      if (done) throw new ChatError('The model ended without saying so', { code: 'upstream-incomplete' })
      finished = false
      active ||= event.type !== 'source'
      // Only the waits for the model count: a reader who pauses is no model that stalls.
      patience = active ? options.idleMs : deadline.remaining()
      deadline.clear()
      over = event.type === 'finish'
      if (event.type === 'finish') return finish(event, options)
      if (event.type === 'source') await options.onSource(event.source)
      if (event.type !== 'text' || event.delta === '') continue
      const delta = event.delta.length < room ? event.delta : cut(event.delta, room)
      const paused = delta === '' ? undefined : options.onText(delta)
      if (paused) await paused
      room -= event.delta.length
      if (room <= 0) return capped(options)
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

async function finish(event: Extract<EngineEvent, { type: 'finish' }>, options: AttemptOptions): Promise<Generation> {
  if (event.finishReason === undefined) await options.onWarning('finish-reason-missing')
  return { finishReason: event.finishReason ?? 'stop', ...(event.usage && { usage: event.usage }) }
}

async function capped(options: AttemptOptions): Promise<Generation> {
  await options.onWarning('output-capped')
  return { finishReason: 'length' }
}

/** The first `room` code units of `text`, less half a character at the cut. */
function cut(text: string, room: number): string {
  const last = text.charCodeAt(room - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? room - 1 : room)
}
