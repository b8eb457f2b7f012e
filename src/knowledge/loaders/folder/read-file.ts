import { DocumentError } from '../../documents/document-error.ts'
import { hasCode, reasonOf, type FileHandle, type OpenedFolder } from './folder-files.ts'
import type { FoundFile } from './list-files.ts'

/** The limits of one read. */
export interface ReadFileOptions {
  /** Ends the read with its reason. */
  readonly signal: AbortSignal
  /** Maximum size. */
  readonly maxFileBytes: number
}

const READ_BYTES = 4 * 1024 * 1024

/**
 * Reads a regular file that is in the folder. A file that changes meanwhile is read once more. A link or special file
 * that is not read is an error with its reason.
 *
 * @throws DocumentError `unreadable` or `too-large`
 */
export async function readFile(folder: OpenedFolder, file: FoundFile, options: ReadFileOptions): Promise<Uint8Array> {
  if (file.problem !== undefined) throw unreadable(file, file.problem)
  try {
    const bytes = (await readOnce(folder, file, options)) ?? (await readOnce(folder, file, options))
    if (bytes) return bytes
  } catch (cause) {
    options.signal.throwIfAborted()
    if (cause instanceof DocumentError) throw cause
    throw unreadable(file, hasCode(cause, 'ELOOP') ? 'it has become a symbolic link' : reasonOf(cause), cause)
  }
  throw unreadable(file, 'it changed while it was read')
}

/** Returns the bytes; `undefined` if the file changed while it was read. */
async function readOnce(
  folder: OpenedFolder,
  file: FoundFile,
  { signal, maxFileBytes }: ReadFileOptions,
): Promise<Uint8Array | undefined> {
  signal.throwIfAborted()
  return folder.open(file.target, async (handle) => {
    const before = await handle.stat({ bigint: true })
    if (!before.isFile()) throw unreadable(file, 'it is no longer a regular file')
    if (before.size > maxFileBytes) {
      const message = `Cannot read ${file.path}: its ${before.size} bytes exceed the limit of ${maxFileBytes} (maxFileBytes)`
      throw new DocumentError(message, { code: 'too-large' })
    }
    const bytes = await readBytes(handle, Number(before.size), signal)
    const after = await handle.stat({ bigint: true })
    const isSame = after.mtimeNs === before.mtimeNs && after.ctimeNs === before.ctimeNs && after.size === before.size
    return isSame && bytes.length === Number(before.size) ? bytes : undefined
  })
}

/** Reads as many bytes as the file had; fewer if it is shorter now. */
async function readBytes(handle: FileHandle, size: number, signal: AbortSignal): Promise<Uint8Array> {
  const buffer = new Uint8Array(size)
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, Math.min(READ_BYTES, buffer.length - length), length)
    if (bytesRead === 0) break
    length += bytesRead
    signal.throwIfAborted()
  }
  return buffer.subarray(0, length)
}

function unreadable({ path }: FoundFile, reason: string, cause?: unknown): DocumentError {
  return new DocumentError(`Cannot read ${path}: ${reason}`, { code: 'unreadable', cause })
}
