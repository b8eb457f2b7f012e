import { DocumentError } from '../../documents/document-error.ts'

/** An entry of a ZIP archive. */
export interface ZipEntry {
  /** Path in the archive. */
  readonly name: string
  /** Size that the archive declares for its content. */
  readonly size: number
  /** Compression method: 0 for none, 8 for deflate. */
  readonly method: number
  /** True if its content is encrypted. */
  readonly isEncrypted: boolean
  /** The compressed content. */
  readonly data: Uint8Array
}

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_ENTRY = 0x04034b50
const MAX_COMMENT = 65_535
const MAX_ENTRIES = 10_000
const IN_EXTRA_FIELD = 0xffff_ffff

/**
 * Reads the directory of a ZIP archive.
 *
 * @throws DocumentError `damaged` or `too-large` with the reason alone as its message
 */
export function readZip(bytes: Uint8Array): readonly ZipEntry[] {
  try {
    return entriesOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes)
  } catch (thrown) {
    if (thrown instanceof DocumentError) throw thrown
    // An offset that is outside of the file.
    throw new DocumentError('its ZIP archive is damaged', { code: 'damaged', cause: thrown })
  }
}

function entriesOf(view: DataView, bytes: Uint8Array): readonly ZipEntry[] {
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  if (count > MAX_ENTRIES) {
    throw new DocumentError(`it has ${count} files, and the limit is ${MAX_ENTRIES}`, { code: 'too-large' })
  }
  const entries: ZipEntry[] = []
  let at = view.getUint32(end + 16, true)
  for (let index = 0; index < count; index++) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new RangeError(`There is no entry at ${at}`)
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true))
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + (nameLength ?? 0)))
    const { size, compressed, start } = sizesOf(view, at, at + 46 + (nameLength ?? 0), extraLength ?? 0)
    if (view.getUint32(start, true) !== LOCAL_ENTRY) throw new RangeError(`There is no file at ${start}`)
    const data = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true)
    if (data + compressed > bytes.length) throw new RangeError(`${name} ends after the archive`)
    entries.push({
      name,
      size,
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      data: bytes.subarray(data, data + compressed),
    })
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0)
  }
  return entries
}

function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at
  }
  throw new DocumentError('its ZIP archive is damaged: its end is missing', { code: 'damaged' })
}

/** Returns the sizes and the position of an entry, which may be 64-bit numbers in its extra field. */
function sizesOf(view: DataView, at: number, extra: number, extraLength: number) {
  let next = 0
  for (let field = extra; field + 4 <= extra + extraLength; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) === 1) next = field + 4
  }
  const read = (offset: number): number => {
    const value = view.getUint32(at + offset, true)
    if (value !== IN_EXTRA_FIELD || next === 0) return value
    next += 8
    return Number(view.getBigUint64(next - 8, true))
  }
  // In this order.
  const [size, compressed] = [read(24), read(20)]
  return { size, compressed, start: read(42) }
}
