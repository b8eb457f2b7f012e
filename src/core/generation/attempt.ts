import { abortable } from '../async/abortable.ts'
import { createDeadline } from '../async/deadline.ts'
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
  const unlink = linkSignal(options.signal, (reason) => controller.abort(reason))
  let active = false
  const deadline = createDeadline(() => controller.abort(tooSlow(active)), options.clock)
  const reader = abortable(open(controller.signal), controller.signal)
  let patience = firstTokenMs
  let room = options.maxAnswerChars
  try {
    for (;;) {
      deadline.set(patience)
      const { done, value: event } = await reader.next()
      if (done) throw new ChatError('The model ended without saying so', { code: 'upstream-incomplete' })
      active ||= event.type !== 'source'
      // Only the waits for the model count: a reader who pauses is no model that stalls.
      patience = active ? options.idleMs : deadline.remaining()
      deadline.clear()
      if (event.type === 'finish') return await finish(event, options)
      if (event.type === 'source') await options.onSource(event.source)
      if (event.type !== 'text' || event.delta === '') continue
      const delta = event.delta.length < room ? event.delta : cut(event.delta, room)
      const paused = delta === '' ? undefined : options.onText(delta)
      if (paused) await paused
      room -= event.delta.length
      if (room <= 0) return await capped(options)
    }
  } finally {
    deadline.dispose()
    unlink()
    await reader.return?.()
    controller.abort(new DOMException('The attempt is over', 'AbortError'))
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
