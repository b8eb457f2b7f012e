import { DocumentError } from '../documents/document-error.ts'
import type { LoadedDocument, Loader, LoaderInput } from '../documents/loaded-document.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { booleanOption, countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectString } from '../../core/options/validate.ts'
import { checkPdfFile } from './pdf/check-pdf-file.ts'
import { loadPdfContent } from './pdf/load-pdf-content.ts'
import { findWorker, runInWorker } from './worker/run-in-worker.ts'
import { nameDocument } from './worker/name-document.ts'

/** The options of {@link pdfLoader}. */
export interface PdfLoaderOptions {
  /** Maximum number of pages. @defaultValue 5,000 */
  readonly maxPages?: number | undefined
  /** Maximum length of the text, in UTF-16 code units. @defaultValue 20,000,000 */
  readonly maxTextChars?: number | undefined
  /** Maximum time for one document, in milliseconds; `Infinity` for no limit. @defaultValue 60,000 */
  readonly timeoutMs?: number | undefined
  /**
   * Reads each PDF in a thread with limited memory, where Node has threads. Without it, a forged PDF may block or end the
   * process.
   * @defaultValue true
   */
  readonly isolate?: boolean | undefined
  /**
   * Folder with the character maps of pdf.js (`cmaps` of the package `pdfjs-dist`), for Chinese, Japanese and Korean PDFs
   * that name a map of Adobe and do not contain it. They are rare. @defaultValue none: such a PDF is an error
   */
  readonly cMapFolder?: string | undefined
}

const OPTIONS: OptionNames<PdfLoaderOptions> = {
  maxPages: true,
  maxTextChars: true,
  timeoutMs: true,
  isolate: true,
  cMapFolder: true,
}

/** Memory of the thread, without byte arrays: 5,000 full pages need less. */
const MAX_HEAP_MIB = 1536
/** The largest streams that are needed for the text, those of pages, have a few megabytes. */
const MAX_STREAM_BYTES = 256 * 1024 * 1024

/**
 * Creates a loader of PDFs, over the package `unpdf`. Its text is in reading order, with headings, tables, and the place of
 * each word on its page. Headers, footers and page numbers that repeat are left out. It runs no script and opens no address.
 */
export function pdfLoader(options: PdfLoaderOptions = {}): Loader {
  expectOptions(options, OPTIONS, { of: 'pdfLoader' })
  const limits = {
    maxPages: countOption('maxPages', options.maxPages, 5_000),
    maxTextChars: countOption('maxTextChars', options.maxTextChars, 20_000_000),
    cMapFolder: expectString('cMapFolder', options.cMapFolder),
  }
  const timeoutMs = durationOption('timeoutMs', options.timeoutMs, 60_000)
  const isIsolated = booleanOption('isolate', options.isolate, true)

  function load(bytes: Uint8Array, signal: AbortSignal): Promise<LoadedDocument> {
    const Worker = isIsolated ? findWorker() : undefined
    if (!Worker) {
      const startedAt = performance.now()
      // pdf.js takes the bytes over.
      return loadPdfContent(Uint8Array.from(bytes), { ...limits, checkpoint })

      function checkpoint(): void {
        signal.throwIfAborted()
        if (performance.now() - startedAt <= timeoutMs) return
        throw new DocumentError(`it takes longer than ${timeoutMs} ms (timeoutMs)`, { code: 'too-large' })
      }
    }
    const request = { type: 'pdf', bytes, maxStreamBytes: MAX_STREAM_BYTES, ...limits } as const
    return runInWorker(Worker, request, { timeoutMs, maxHeapMiB: MAX_HEAP_MIB, signal })
  }

  return ({ documentId, content, signal }) =>
    nameDocument(documentId, signal, async () => load(checkPdfFile(content), signal))
}

const loadWithDefaults = pdfLoader()

/**
 * Loads a PDF with the default options of {@link pdfLoader}.
 *
 * @throws DocumentError `password-protected`, `damaged`, `empty`, `too-large`, `unsupported`, `unreadable` or
 * `package-missing`
 */
export async function loadPdf(input: LoaderInput): Promise<LoadedDocument> {
  return loadWithDefaults(input)
}
