import { IndexFileError } from '../index-file-error.ts'
import { CHECKED_FROM, PRELUDE_BYTES } from './index-file.ts'
import type { NodeFile, NodeModules } from './node-modules.ts'

/** The content of a file. */
export interface FileBytes {
  /** The bytes. */
  readonly bytes: Uint8Array
  /** The checksum that an index with these bytes has. */
  readonly checksum: number
}

/** Options of {@link readBytes}. */
export interface ReadBytesOptions {
  /** The modules of Node. */
  readonly modules: NodeModules
  /** Throws if the file is no index. It gets the first bytes and the length, before memory for the rest is taken. */
  readonly check: (prelude: Uint8Array, fileBytes: number) => void
  /** Aborts the reading. */
  readonly signal: AbortSignal
}

/** Reads a file, and computes the checksum of an index. */
export async function readBytes(path: string, { modules, check, signal }: ReadBytesOptions): Promise<FileBytes> {
  try {
    const file = await modules.files.open(path, 'r')
    try {
      const { size } = await file.stat()
      const prelude = new Uint8Array(Math.min(size, PRELUDE_BYTES))
      await readBlock(file, prelude, 0)
      check(prelude, size)
      return await readAll(file, { size, crc32: modules.crc32, signal })
    } finally {
      await file.close()
    }
  } catch (error) {
    if (signal.aborted || error instanceof IndexFileError) throw error
    throw unreadable(path, error)
  }
}

const BLOCK_BYTES = 16 * 1024 * 1024
const READS_AT_A_TIME = 3

interface ReadOptions {
  readonly size: number
  readonly crc32: NodeModules['crc32']
  readonly signal: AbortSignal
}

/** Reads several blocks at a time, and adds each to the checksum while the next ones arrive: that halves the time. */
async function readAll(file: NodeFile, { size, crc32, signal }: ReadOptions): Promise<FileBytes> {
  const bytes = new Uint8Array(size)
  const reads: Promise<void>[] = []
  let checksum = 0
  try {
    for (let done = 0, started = 0; done < size; done += BLOCK_BYTES) {
      signal.throwIfAborted()
      for (; started < size && reads.length < READS_AT_A_TIME; started += BLOCK_BYTES) {
        const read = readBlock(file, bytes.subarray(started, started + BLOCK_BYTES), started)
        // It may fail before the loop waits for it.
        read.catch(() => {})
        reads.push(read)
      }
      await reads[0]
      void reads.shift()
      checksum = crc32(bytes.subarray(Math.max(done, PRELUDE_BYTES), done + BLOCK_BYTES), checksum)
    }
  } finally {
    // The file must not be closed under a read.
    await Promise.allSettled(reads)
  }
  return { bytes, checksum: crc32(bytes.subarray(CHECKED_FROM, PRELUDE_BYTES), checksum) }
}

async function readBlock(file: NodeFile, block: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < block.length;) {
    const { bytesRead } = await file.read(block, done, block.length - done, position + done)
    if (bytesRead === 0) throw new Error('the file was cut while it was read')
    done += bytesRead
  }
}

function unreadable(path: string, error: unknown): IndexFileError {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  if (isMissing) {
    const message = `Cannot load the index from ${path}: there is no such file. With create: true, an empty index is made`
    return new IndexFileError(message, { code: 'missing', cause: error })
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new IndexFileError(`Cannot load the index from ${path}: ${reason}`, { code: 'inaccessible', cause: error })
}
