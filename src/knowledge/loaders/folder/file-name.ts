/**
 * Returns the name of a file. Bytes that are invalid as UTF-8 become `%E9`, so that two names stay different. `others`
 * are the names of the folder.
 */
export function nameOf(bytes: Uint8Array, others: ReadonlySet<string>): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    let name = Array.from(bytes, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`,
    ).join('')
    while (others.has(name)) name += '%'
    return name
  }
}
