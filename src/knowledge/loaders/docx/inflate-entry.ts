import { DocumentError } from '../../documents/document-error.ts'
import type { ZipEntry } from './read-zip.ts'

/**
 * Returns the content of an entry. It stops at the declared size, so that a small file cannot fill the memory.
 *
 * @throws DocumentError with the reason alone as its message
 */
export async function inflateEntry({ name, size, method, isEncrypted, data }: ZipEntry): Promise<Uint8Array> {
  if (isEncrypted) throw new DocumentError('it needs a password. Save it without one', { code: 'password-protected' })
  if (method !== 0 && method !== 8) {
    const message = `${name} in it is compressed by the unknown method ${method}`
    throw new DocumentError(message, { code: 'unsupported' })
  }
  const content = method === 0 ? data : await inflate(name, size, data)
  if (content.length === size) return content
  throw new DocumentError(`it is damaged: ${name} in it does not have its declared size`, { code: 'damaged' })
}

async function inflate(name: string, size: number, data: Uint8Array): Promise<Uint8Array> {
  const content = new Uint8Array(size)
  const source = new Blob([Uint8Array.from(data)]).stream()
  const reader = source.pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  let length = 0
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (length + chunk.value.length > size) throw new RangeError(`${name} is larger than declared`)
      content.set(chunk.value, length)
      length += chunk.value.length
    }
  } catch (cause) {
    void reader.cancel().catch(() => {})
    throw new DocumentError(`it is damaged: ${name} in it cannot be decompressed`, { code: 'damaged', cause })
  }
  return content.subarray(0, length)
}
