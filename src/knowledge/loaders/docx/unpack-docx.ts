import { DocumentError } from '../../documents/document-error.ts'
import type { DocumentContent } from '../../documents/knowledge-document.ts'
import { inflateEntry } from './inflate-entry.ts'
import { readZip } from './read-zip.ts'
import { writeZip, type ZipFile } from './write-zip.ts'

/** The texts of a DOCX. */
export interface UnpackedDocx {
  /** An archive with the parts that have text or describe it: no images, macros, fonts or embedded files. */
  readonly bytes: Uint8Array
  /** Title in its properties. */
  readonly title?: string | undefined
}

const OLE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
const PART = /\.(?:xml|rels)$/iu
const WITHOUT_TEXT =
  /^(?:customXml|docProps\/(?!core\.xml$)|word\/(?:theme|media|embeddings|glossary|webSettings|fontTable))/iu
const TITLE = /<dc:title[^>]*>([^<]{1,1000})<\/dc:title>/u

/**
 * Reads the texts of a DOCX, which may grow to `maxXmlBytes` together.
 *
 * @throws DocumentError with the reason alone as its message
 */
export async function unpackDocx(content: DocumentContent, maxXmlBytes: number): Promise<UnpackedDocx> {
  const bytes = expectArchive(content)
  const parts = readZip(bytes).filter(({ name }) => PART.test(name) && !WITHOUT_TEXT.test(name))
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (size > maxXmlBytes) {
    const message = `its texts grow to ${size} bytes, and the limit is ${maxXmlBytes} (maxXmlBytes)`
    throw new DocumentError(message, { code: 'too-large' })
  }
  if (!parts.some(({ name }) => name.startsWith('word/'))) {
    throw new DocumentError('it is not a document of Word', { code: 'damaged' })
  }
  const files: ZipFile[] = []
  for (const part of parts) files.push({ name: part.name, content: expectXml(part.name, await inflateEntry(part)) })
  const core = files.find(({ name }) => name === 'docProps/core.xml')
  return { bytes: writeZip(files), title: core && titleOf(core.content) }
}

function expectArchive(content: DocumentContent): Uint8Array {
  if (typeof content === 'string') {
    throw new DocumentError('a DOCX must be passed as bytes, not as text', { code: 'damaged' })
  }
  if (OLE.every((byte, index) => content[index] === byte)) throw oleError(content)
  // PK: the first bytes of a ZIP archive.
  if (content[0] === 0x50 && content[1] === 0x4b) return content
  throw new DocumentError('it is not a DOCX', { code: 'damaged' })
}

/** An encrypted DOCX is in the same kind of file as the documents of Word before 2007. */
function oleError(bytes: Uint8Array): DocumentError {
  const isEncrypted = new TextDecoder('utf-16le').decode(bytes).includes('EncryptedPackage')
  if (isEncrypted) return new DocumentError('it needs a password. Save it without one', { code: 'password-protected' })
  return new DocumentError('it is a DOC of Word 97 to 2003. Save it as DOCX', { code: 'unsupported' })
}

/** No document of Word has a type declaration, whose entities could grow without limit. */
function expectXml(name: string, content: Uint8Array): Uint8Array {
  const start = new TextDecoder().decode(content.subarray(0, 1024))
  if (!/<!(?:DOCTYPE|ENTITY)/iu.test(start)) return content
  throw new DocumentError(`it is damaged: ${name} in it declares a document type`, { code: 'damaged' })
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function titleOf(core: Uint8Array): string | undefined {
  const title = TITLE.exec(new TextDecoder().decode(core))?.[1]
  const plain = title?.replace(/&(amp|lt|gt|quot|apos);/gu, (_, name: string) => ENTITIES[name] ?? '').trim()
  return plain === '' ? undefined : plain
}
