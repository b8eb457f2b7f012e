import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'

/** An object of a PDF: the text of a value, or a stream with its dictionary. */
export type RawObject = string | RawStream

/** A stream of a PDF. */
export interface RawStream {
  /** Entries of its dictionary, without the length. */
  readonly entries?: string
  readonly data: string | Uint8Array
}

/** The options of {@link rawPdf}. */
export interface RawPdfOptions {
  /** Entries of the trailer. */
  readonly trailer?: string
  /** Encrypts streams for a user password, with RC4 of 40 bits. An empty one opens the document. */
  readonly password?: string
}

/** Writes a PDF by hand. Objects are numbered from 1, and the first one is the catalog. */
export function rawPdf(objects: readonly RawObject[], { trailer = '', password }: RawPdfOptions = {}): Uint8Array {
  const encryption = password === undefined ? undefined : encryptWith(password)
  const all = encryption ? [...objects, encryption.dictionary] : objects
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\u00E2\u00E3\n', 'latin1')]
  const offsets: number[] = []
  let length = parts[0]?.length ?? 0
  const add = (text: string | Uint8Array): void => {
    const part = Buffer.from(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
    parts.push(part)
    length += part.length
  }
  for (const [index, object] of all.entries()) {
    offsets.push(length)
    add(`${index + 1} 0 obj\n`)
    if (typeof object === 'string') add(object)
    else addStream(object, index + 1)
    add('\nendobj\n')
  }
  const start = length
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  add(`xref\n0 ${all.length + 1}\n0000000000 65535 f \n${rows}`)
  const encrypt = encryption ? `/Encrypt ${all.length} 0 R /ID [<${encryption.id}> <${encryption.id}>]` : ''
  add(`trailer << /Size ${all.length + 1} /Root 1 0 R ${encrypt} ${trailer} >>\nstartxref\n${start}\n%%EOF\n`)
  return new Uint8Array(Buffer.concat(parts))

  function addStream({ entries = '', data }: RawStream, number: number): void {
    const plain = Buffer.from(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
    const bytes = encryption ? encryption.encrypt(plain, number) : plain
    add(`<< /Length ${bytes.length} ${entries} >>\nstream\n`)
    add(bytes)
    add('\nendstream')
  }
}

/** Returns the objects of a document with these pages, given as the operators of their content. */
export function textPages(pages: readonly (string | RawStream)[]): readonly RawObject[] {
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ')
  return [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} /MediaBox [0 0 612 792] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /Contents ${5 + 2 * index} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      typeof content === 'string' ? { data: content } : content,
    ]),
  ]
}

/** Returns the operators that write a text at a position from the lower left corner. */
export function textAt(x: number, y: number, text: string, size = 12): string {
  return `BT /F1 ${size} Tf ${x} ${y} Td (${text.replace(/[\\()]/g, '\\$&')}) Tj ET\n`
}

/** Returns a stream that is compressed. */
export function deflated(data: string | Uint8Array): RawStream {
  return { entries: '/Filter /FlateDecode', data: deflateSync(data) }
}

// The standard security handler, revision 2 (ISO 32000-1, 7.6).
const PADDING = Buffer.from('28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A', 'hex')
const PERMISSIONS = -44

function encryptWith(password: string) {
  const md5 = (...parts: readonly Uint8Array[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest()
  const padded = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), PADDING]).subarray(0, 32)
  const id = md5(Buffer.from('the id of the file'))
  const ownerEntry = rc4(md5(padded('owner')).subarray(0, 5), padded(password))
  const permissions = Buffer.alloc(4)
  permissions.writeInt32LE(PERMISSIONS)
  const key = md5(padded(password), ownerEntry, permissions, id).subarray(0, 5)
  const userEntry = rc4(key, PADDING)
  const hex = (bytes: Buffer): string => `<${bytes.toString('hex')}>`
  return {
    id: id.toString('hex'),
    dictionary: `<< /Filter /Standard /V 1 /R 2 /O ${hex(ownerEntry)} /U ${hex(userEntry)} /P ${PERMISSIONS} >>`,
    encrypt(data: Buffer, number: number): Buffer {
      const salt = Buffer.from([number & 255, (number >> 8) & 255, (number >> 16) & 255, 0, 0])
      return rc4(md5(key, salt).subarray(0, 10), data)
    },
  }
}

/** Encrypts with RC4, which OpenSSL 3 has no longer. */
function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Array.from({ length: 256 }, (_, index) => index)
  const at = (index: number): number => state[index & 255] ?? 0
  const swap = (a: number, b: number): void => void ([state[a & 255], state[b & 255]] = [at(b), at(a)])
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255
    swap(i, j)
  }
  let j = 0
  return Buffer.from(
    data.map((byte, index) => {
      const i = (index + 1) & 255
      j = (j + at(i)) & 255
      swap(i, j)
      return byte ^ at(at(i) + at(j))
    }),
  )
}
