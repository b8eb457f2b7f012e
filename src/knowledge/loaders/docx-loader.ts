import type { LoadedDocument, Loader, LoaderInput } from '../documents/loaded-document.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { booleanOption, countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { loadDocxContent } from './docx/load-docx-content.ts'
import { unpackDocx } from './docx/unpack-docx.ts'
import { nameDocument } from './worker/name-document.ts'
import { findWorker, runInWorker } from './worker/run-in-worker.ts'

/** The options of {@link docxLoader}. */
export interface DocxLoaderOptions {
  /** Maximum size of the texts with their markup, when they are decompressed. @defaultValue 64 MiB */
  readonly maxXmlBytes?: number | undefined
  /** Maximum time for one document, in milliseconds; `Infinity` for no limit. @defaultValue 60,000 */
  readonly timeoutMs?: number | undefined
  /** Reads each DOCX in a thread with limited memory, where Node has threads. @defaultValue true */
  readonly isolate?: boolean | undefined
}

const OPTIONS: OptionNames<DocxLoaderOptions> = { maxXmlBytes: true, timeoutMs: true, isolate: true }

/** Memory of the thread: the largest texts need less. */
const MAX_HEAP_MIB = 1536

/**
 * Creates a loader of documents of Word (DOCX), over the packages `mammoth` and `linkedom`. Headings, lists and tables stay;
 * images and macros are left out. It opens no address.
 */
export function docxLoader(options: DocxLoaderOptions = {}): Loader {
  expectOptions(options, OPTIONS, { of: 'docxLoader' })
  const maxXmlBytes = countOption('maxXmlBytes', options.maxXmlBytes, 64 * 1024 * 1024)
  const timeoutMs = durationOption('timeoutMs', options.timeoutMs, 60_000)
  const isIsolated = booleanOption('isolate', options.isolate, true)

  async function load({ documentId, content, signal }: LoaderInput): Promise<LoadedDocument> {
    const { bytes, title } = await unpackDocx(content, maxXmlBytes)
    signal.throwIfAborted()
    const Worker = isIsolated ? findWorker() : undefined
    const document = Worker
      ? await runInWorker(Worker, { type: 'docx', bytes, documentId }, { timeoutMs, maxHeapMiB: MAX_HEAP_MIB, signal })
      : await loadDocxContent(bytes, documentId)
    return title === undefined ? document : { ...document, title }
  }

  return (input) => nameDocument(input.documentId, input.signal, async () => load(input))
}

const loadWithDefaults = docxLoader()

/**
 * Loads a document of Word with the default options of {@link docxLoader}.
 *
 * @throws DocumentError `password-protected`, `damaged`, `empty`, `too-large`, `unsupported`, `unreadable` or
 * `package-missing`
 */
export async function loadDocx(input: LoaderInput): Promise<LoadedDocument> {
  return loadWithDefaults(input)
}
