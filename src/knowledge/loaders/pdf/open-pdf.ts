import { DocumentError } from '../../documents/document-error.ts'
import type { RawItem, RawStyle } from './to-pdf-item.ts'

/** A page of pdf.js. */
export interface PdfPageProxy {
  /** Returns the size of the shown page. */
  getViewport(options: { scale: number }): { width: number; height: number; transform: number[] }
  /** Returns the texts in parts. */
  streamTextContent(): ReadableStream<{
    readonly items: readonly RawItem[]
    readonly styles: Readonly<Record<string, RawStyle | undefined>>
  }>
  /** Frees the memory of the page. */
  cleanup(): unknown
}

/** A document of pdf.js. */
export interface PdfProxy {
  /** Number of pages. */
  readonly numPages: number
  /** Opens a page. */
  getPage(number: number): Promise<PdfPageProxy>
  /** Returns the metadata. */
  getMetadata(): Promise<{ info: Record<string, unknown>; metadata: { get(name: string): unknown } | null }>
  /** Returns the outline. */
  getOutline(): Promise<
    | readonly {
        readonly title: string
        readonly dest: string | readonly unknown[] | null
        readonly items: readonly never[]
      }[]
    | null
  >
  /** Returns the target with a name. */
  getDestination(name: string): Promise<readonly unknown[] | null>
  /** Returns the index of a page, from 0. */
  getPageIndex(reference: object): Promise<number>
}

/** A PDF that is open. */
export interface OpenPdf {
  /** The document. */
  readonly pdf: PdfProxy
  /** Throws if the text needs a character map that is not there. */
  readonly expectMaps: () => void
  /** Frees its memory. */
  readonly close: () => void
}

/** Opens a PDF. No script of it runs, and no address is opened. The bytes cannot be used afterwards. */
export async function openPdf(bytes: Uint8Array, cMapFolder: string | undefined): Promise<OpenPdf> {
  const { getDocument } = await importPdfjs()
  const maps = createMaps(cMapFolder)
  const task = getDocument({
    data: bytes,
    BinaryDataFactory: maps.BinaryDataFactory,
    // pdf.js asks its factory only if there is an address, which it never opens.
    cMapUrl: 'maps/',
    cMapPacked: true,
    standardFontDataUrl: 'fonts/',
    useWorkerFetch: false,
    useWasm: false,
    isEvalSupported: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    disableAutoFetch: true,
    stopAtErrors: false,
    verbosity: 0,
  })
  const close = (): void => void task.destroy().catch(() => {})
  try {
    // It asks for a password only if the empty one does not open the document.
    const pdf = (await task.promise) as unknown as PdfProxy
    return { pdf, expectMaps: maps.expectAll, close }
  } catch (thrown) {
    close()
    throw toDocumentError(thrown)
  }
}

async function importPdfjs() {
  let unpdf
  try {
    unpdf = await import('unpdf')
  } catch (thrown) {
    const message = 'PDF needs the package unpdf. Install it: npm install unpdf'
    throw new DocumentError(message, { code: 'package-missing', cause: thrown })
  }
  return unpdf.getResolvedPDFJS()
}

function toDocumentError(thrown: unknown): DocumentError {
  if (thrown instanceof Error && thrown.name === 'PasswordException') {
    const message = 'it needs a password. Save it without one'
    return new DocumentError(message, { code: 'password-protected', cause: thrown })
  }
  const message = 'it is damaged: its structure cannot be read'
  return new DocumentError(message, { code: 'damaged', cause: thrown })
}

interface FileSystem {
  readonly readFile: (path: string) => Promise<Uint8Array>
}

/** Creates the source of the character maps that old Chinese, Japanese and Korean PDFs name but do not contain. */
function createMaps(folder: string | undefined) {
  const missing = new Set<string>()
  class BinaryDataFactory {
    async fetch({ kind, filename }: { readonly kind: string; readonly filename: string }): Promise<Uint8Array> {
      const files = globalThis.process?.getBuiltinModule?.('node:fs/promises') as FileSystem | undefined
      // Standard fonts are needed to draw, not to read. A file name with a folder in it comes from a forged PDF.
      const isMap = kind === 'cMapUrl' && /^[\w-]+\.bcmap$/u.test(filename)
      if (!isMap) throw new Error(`${filename} is not needed`)
      try {
        if (folder === undefined || !files) throw new Error(`There is no folder with ${filename}`)
        return new Uint8Array(await files.readFile(`${folder}/${filename}`))
      } catch (thrown) {
        missing.add(filename.replace('.bcmap', ''))
        throw thrown
      }
    }
  }
  const expectAll = (): void => {
    if (missing.size === 0) return
    const names = [...missing].slice(0, 3).join(', ')
    const message =
      `it needs the character map ${names}, which it does not contain. Pass the folder "cmaps" of the package ` +
      'pdfjs-dist as cMapFolder to pdfLoader'
    throw new DocumentError(message, { code: 'unsupported' })
  }
  return { BinaryDataFactory, expectAll }
}
