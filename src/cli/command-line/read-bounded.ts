import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'

/**
 * Reads a file as a whole. A device such as `/dev/zero` has no end and no size, so the limit holds for what is read.
 *
 * @throws TypeError if it is longer than that, or the error of the system
 */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await buffer(createReadStream(path, { end: maxBytes }))
  if (bytes.length > maxBytes) throw new TypeError(`it has more than ${maxBytes} bytes: split it`)
  return bytes
}

/** Returns true for a regular file, or a link to one. Opening another kind, such as a pipe, may never end. */
export async function isRegularFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  )
}
