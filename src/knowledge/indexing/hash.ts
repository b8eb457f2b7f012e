// A larger content would block the event loop for more than some milliseconds.
const MAX_BLOCKING_LENGTH = 1_000_000

/** Returns the SHA-256 of bytes or a text, in hexadecimal. */
export async function sha256(content: string | Uint8Array): Promise<string> {
  // Ten times as fast as Web Crypto, which hands each call to another thread.
  const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  if (nodeCrypto?.hash && content.length <= MAX_BLOCKING_LENGTH) return nodeCrypto.hash('sha256', content, 'hex')
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** The part of `node:crypto` that other runtimes may lack. */
interface NodeCrypto {
  readonly hash?: (algorithm: 'sha256', content: string | Uint8Array, encoding: 'hex') => string
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Returns a key of a text, 64 bits in hexadecimal. It is fast and not cryptographic (cyrb53 by bryc, public domain, with
 * both halves kept): use it only where a collision does no harm.
 */
export function textKey(text: string): string {
  let h1 = 0xdeadbeef
  let h2 = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    h1 = Math.imul(h1 ^ unit, 2654435761)
    h2 = Math.imul(h2 ^ unit, 1597334677)
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909)
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909)
  return [h2, h1].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
