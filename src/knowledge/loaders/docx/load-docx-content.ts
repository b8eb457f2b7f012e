import { DocumentError } from '../../documents/document-error.ts'
import type { LoadedDocument } from '../../documents/loaded-document.ts'
import { htmlToDocument } from '../html-to-document.ts'

const STYLES = ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"]

/**
 * Loads a DOCX in the current thread: mammoth writes it as HTML. Images are left out, and files that it refers to are not
 * opened.
 *
 * @throws DocumentError
 */
export async function loadDocxContent(bytes: Uint8Array, documentId: string): Promise<LoadedDocument> {
  const mammoth = await importMammoth()
  const html = await toHtml(mammoth, bytes)
  const document = await htmlToDocument(html, { documentId, mainContent: false })
  // The address of a DOCX leads to a file, which a browser does not show.
  return { ...document, place: undefined }
}

async function importMammoth() {
  try {
    const { default: mammoth } = await import('mammoth')
    return mammoth
  } catch (cause) {
    const message = 'DOCX needs the package mammoth. Install it: npm install mammoth linkedom'
    throw new DocumentError(message, { code: 'package-missing', cause })
  }
}

type Mammoth = Awaited<ReturnType<typeof importMammoth>>

async function toHtml({ convertToHtml, images }: Mammoth, bytes: Uint8Array): Promise<string> {
  try {
    const { value } = await convertToHtml(toInput(bytes), {
      styleMap: STYLES,
      includeEmbeddedStyleMap: false,
      externalFileAccess: false,
      convertImage: images.imgElement(async () => ({ src: '' })),
    })
    return value
  } catch (cause) {
    throw new DocumentError('it is damaged: its text cannot be read', { code: 'damaged', cause })
  }
}

function toInput(bytes: Uint8Array): Parameters<Mammoth['convertToHtml']>[0] {
  const input: unknown = { buffer: bytes, arrayBuffer: bytes }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node takes the first, browsers the second; any bytes
  return input as { arrayBuffer: ArrayBuffer }
}
