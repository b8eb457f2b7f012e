import { ChatError } from '../core/vocabulary/chat-error.ts'
import type { BufferMeter, Hold } from './buffer-meter.ts'
import { keyOf } from './run-key.ts'
import { overloaded } from './overload.ts'
import type { RunKey } from './run-store.ts'

/** The place of one reader. */
export interface ReaderPlace {
  /** Counts what the reader holds. */
  readonly hold: Hold
  /** Releases the place. */
  readonly leave: () => void
}

/** The readers that a process has room for. */
export interface ReaderPlaces {
  /**
   * Takes a place at a run.
   *
   * @throws ChatError `too-many-runs` when the run has as many readers as it may have, or the process holds too much
   */
  take(run: RunKey): ReaderPlace
}

/** Maximum numbers of readers. */
export interface ReaderPlacesOptions {
  readonly maxReadersPerRun: number
  readonly maxBufferedBytes: number
}

// What a connection holds of its own, when its reader is slow: the buffers of a socket and of its stream, up to some times
// of this, and nothing as a rule.
const READER_BYTES = 131_072

/** Opens the places of a process. */
export function createReaderPlaces(meter: BufferMeter, options: ReaderPlacesOptions): ReaderPlaces {
  const { maxReadersPerRun, maxBufferedBytes } = options
  const readersOf = new Map<string, number>()

  function leave(key: string): void {
    const left = (readersOf.get(key) ?? 0) - 1
    if (left > 0) readersOf.set(key, left)
    else readersOf.delete(key)
  }

  return {
    take(run) {
      const key = keyOf(run)
      const readers = readersOf.get(key) ?? 0
      if (readers >= maxReadersPerRun) {
        throw new ChatError(`The run has ${maxReadersPerRun} readers (maxReadersPerRun)`, { code: 'too-many-runs' })
      }
      if (meter.bytes >= maxBufferedBytes) throw overloaded(maxBufferedBytes)
      readersOf.set(key, readers + 1)
      const hold = meter.open(READER_BYTES)
      return {
        hold,
        leave() {
          hold.release()
          leave(key)
        },
      }
    },
  }
}
