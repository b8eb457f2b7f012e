import { ChatError } from '../errors.ts'
import type { ChatResult } from '../result.ts'
import type { Ending } from './record.ts'
import type { Stream } from './stream.ts'

/**
 * Says again what is kept of a run that had ended: whoever repeats a request because its reply was lost pays nothing,
 * and sees what a reload shows.
 */
export async function replay(kept: ChatResult, { emit }: Stream): Promise<Ending> {
  if (kept.query) await emit({ type: 'query', ...kept.query })
  for (const warning of kept.warnings) await emit({ type: 'warning', ...warning })
  for (const source of kept.sources) await emit({ type: 'source', source })
  await replayAnswer(kept, emit)
  for (const { index, claim, support, reasons } of kept.citations) {
    if (claim && support && reasons) await emit({ type: 'support', index, claim, support, reasons })
  }
  if (kept.finishReason !== 'error') return { finishReason: kept.finishReason, kept }
  // Records of earlier versions do not say why.
  const code = kept.error?.code ?? 'run-expired'
  const error = new ChatError('The run has failed before, and is not tried again under its id', { code })
  return { finishReason: 'error', error, kept }
}

/** The text, with each marker as a token of its own behind its citations. */
async function replayAnswer({ answer, citations }: ChatResult, emit: Stream['emit']): Promise<void> {
  let at = 0
  const emitUntil = async (end: number): Promise<void> => {
    if (end > at) await emit({ type: 'token', delta: answer.slice(at, end), at })
    at = Math.max(at, end)
  }
  for (const [position, { index, number, sourceId, start, end }] of citations.entries()) {
    await emitUntil(start)
    await emit({ type: 'citation', citation: { index, number, sourceId, start, end } })
    // A marker of several numbers has a citation for each.
    if (citations[position + 1]?.start !== start) await emitUntil(end)
  }
  await emitUntil(answer.length)
}
