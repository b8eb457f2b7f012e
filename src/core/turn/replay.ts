import { ChatError } from '../vocabulary/chat-error.ts'
import { toErrorEvent } from '../vocabulary/to-error-event.ts'
import { PROTOCOL_VERSION, type ChatEvent } from '../vocabulary/events.ts'
import type { StoredTurn } from '../vocabulary/stored-turn.ts'
import type { ChatResult } from '../vocabulary/result.ts'
import type { Ending, RunningOutput } from './turn-output.ts'
import type { Turn } from './turn.ts'

/**
 * Replays an ended run from its stored result. If a client repeats a request because the reply was lost, the
 * model is not asked again.
 */
export async function replay(kept: ChatResult, { emit }: Turn): Promise<Ending> {
  for (const output of outputsOf(kept)) await emit(output)
  if (kept.finishReason !== 'error') return { finishReason: kept.finishReason, kept }
  return { finishReason: 'error', error: failedBefore(kept), kept }
}

/** Makes the events of a turn that has ended, as {@link replay} emits them. */
export function eventsOfTurn({ runId, messageId, threadId }: StoredTurn, kept: ChatResult): readonly ChatEvent[] {
  const start = { type: 'start', v: PROTOCOL_VERSION, runId, messageId, threadId } as const
  const events = [start, ...outputsOf(kept)].map((output, seq): ChatEvent => ({ ...output, seq }))
  const seq = events.length
  const last: ChatEvent =
    kept.finishReason === 'error'
      ? toErrorEvent(failedBefore(kept), { seq, phase: 'generating', partial: kept })
      : { type: 'done', seq, ...kept }
  return [...events, last]
}

function failedBefore({ error }: ChatResult): ChatError {
  // Records of earlier versions have no error.
  const code = error?.code ?? 'run-expired'
  return new ChatError('The run has failed before: use a new runId to try again', { code })
}

function outputsOf(kept: ChatResult): readonly RunningOutput[] {
  return [
    ...(kept.query ? [{ type: 'query', ...kept.query } as const] : []),
    ...kept.warnings.map((warning) => ({ type: 'warning', ...warning }) as const),
    ...kept.sources.map((source) => ({ type: 'source', source }) as const),
    ...answerOutputs(kept),
    ...kept.citations.flatMap(({ index, claim, support, reasons, passage }) =>
      claim && support && reasons
        ? [{ type: 'support', index, claim, support, reasons, ...(passage && { passage }) } as const]
        : [],
    ),
  ]
}

/** Makes the tokens. Each marker is a separate token after its citations. */
function answerOutputs({ answer, citations }: ChatResult): readonly RunningOutput[] {
  const outputs: RunningOutput[] = []
  let at = 0
  const addTextUntil = (end: number): void => {
    if (end > at) outputs.push({ type: 'token', delta: answer.slice(at, end), at })
    at = Math.max(at, end)
  }
  for (const [position, { index, number, sourceId, start, end }] of citations.entries()) {
    addTextUntil(start)
    outputs.push({ type: 'citation', citation: { index, number, sourceId, start, end } })
    // A marker with several numbers has one citation per number.
    if (citations[position + 1]?.start !== start) addTextUntil(end)
  }
  addTextUntil(answer.length)
  return outputs
}
