import { ChatError } from '../core/vocabulary/chat-error.ts'
import type { BufferMeter, Hold } from './buffer-meter.ts'
import { keyOf } from './key-of.ts'
import { overloaded } from './overload.ts'
import type { RunKey } from './run-store.ts'

/** A reader that was admitted. */
export interface ReaderPlace {
  /** Counts the bytes of the reader. */
  readonly hold: Hold
  /** Frees the place; call it once. */
  readonly leave: () => void
}

/** Limits the number of readers in this process. */
export interface ReaderPlaces {
  /**
   * Admits a reader of a run.
   *
   * @throws ChatError `too-many-runs` when `maxReadersPerRun` or `maxBufferedBytes` is reached
   */
  take(run: RunKey): ReaderPlace
}

/** Limits for the readers of a process. */
export interface ReaderPlacesOptions {
  /** Maximum number of readers of one run. */
  readonly maxReadersPerRun: number
  /** Maximum of bytes in memory before readers are rejected. */
  readonly maxBufferedBytes: number
}

// Estimated bytes of the connection of a slow reader: the buffers of its socket and its stream. They may be several times
// as large; for a fast reader they are empty.
const READER_BYTES = 131_072

/** Creates the limits of a process, without readers. */
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
      const hold = meter.hold(READER_BYTES)
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
