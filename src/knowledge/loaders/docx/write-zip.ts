/** A file of an archive. */
export interface ZipFile {
  /** Path in the archive. */
  readonly name: string
  /** Content. */
  readonly content: Uint8Array
}

/** Writes a ZIP archive without compression. Checksums are left out, which its reader does not check. */
export function writeZip(files: readonly ZipFile[]): Uint8Array {
  const named = files.map(({ name, content }) => ({ name: new TextEncoder().encode(name), content }))
  const size = named.reduce((sum, { name, content }) => sum + 76 + 2 * name.length + content.length, 22)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  const offsets: number[] = []
  let at = 0
  for (const { name, content } of named) {
    offsets.push(at)
    view.setUint32(at, 0x04034b50, true)
    writeSizes(at + 18, name, content)
    bytes.set(name, at + 30)
    bytes.set(content, at + 30 + name.length)
    at += 30 + name.length + content.length
  }
  const directory = at
  for (const [index, { name, content }] of named.entries()) {
    view.setUint32(at, 0x02014b50, true)
    writeSizes(at + 20, name, content)
    view.setUint32(at + 42, offsets[index] ?? 0, true)
    bytes.set(name, at + 46)
    at += 46 + name.length
  }
  view.setUint32(at, 0x06054b50, true)
  view.setUint16(at + 8, named.length, true)
  view.setUint16(at + 10, named.length, true)
  view.setUint32(at + 12, at - directory, true)
  view.setUint32(at + 16, directory, true)
  return bytes

  function writeSizes(position: number, name: Uint8Array, content: Uint8Array): void {
    view.setUint32(position, content.length, true)
    view.setUint32(position + 4, content.length, true)
    view.setUint16(position + 8, name.length, true)
  }
}
