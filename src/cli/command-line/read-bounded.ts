import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

const PART_BYTES = 1024 * 1024

/**
 * Reads a file as a whole. A device such as `/dev/zero` has no end and no size, so the limit holds for what is read.
 *
 * @throws TypeError if it is longer than that, or the error of the system
 */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let size = 0
  const stream: AsyncIterable<Buffer> = createReadStream(path, { end: maxBytes, highWaterMark: PART_BYTES })
  for await (const part of stream) {
    parts.push(part)
    size += part.length
  }
  if (size > maxBytes) throw new TypeError(`it has more than ${maxBytes} bytes: split it`)
  return Buffer.concat(parts)
}

/** Returns true for a regular file, or a link to one. Opening another kind, such as a pipe, may never end. */
export async function isRegularFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  )
}
