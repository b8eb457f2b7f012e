import type { FinishReason } from '../vocabulary/result.ts'
import type { Ending } from './turn-output.ts'
import type { Turn } from './turn.ts'

/** Ends a run with one fixed text, without asking the model. */
export async function say(text: string, { tracker, emit }: Turn, finishReason: FinishReason): Promise<Ending> {
  tracker.markTime('firstToken')
  await emit({ type: 'token', delta: text, at: 0 })
  return { finishReason }
}
