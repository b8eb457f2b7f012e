import { expectStream } from '../../core/options/validate.ts'
import type { IndexReport, IndexStream } from './index-events.ts'

/**
 * Reads an indexing to its end, and resolves with its report.
 *
 * @throws the error that ended it, or the reason of its signal
 */
export async function collectReport(stream: IndexStream): Promise<IndexReport> {
  expectStream('stream', stream)
  for await (const event of stream) {
    if (event.type === 'done') return event.report
  }
  throw new TypeError('Cannot report on the indexing: its stream ended without a `done` event')
}
