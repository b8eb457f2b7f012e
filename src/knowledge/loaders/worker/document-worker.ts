import { DocumentError } from '../../documents/document-error.ts'
import type { LoadedDocument } from '../../documents/loaded-document.ts'
import { loadDocxContent } from '../docx/load-docx-content.ts'
import { loadPdfContent } from '../pdf/load-pdf-content.ts'
import { limitAllocations } from './limit-allocations.ts'
import type { DocxRequest, PdfRequest, WorkerAnswer, WorkerRequest } from './worker-messages.ts'

// The file of a worker thread, which run-in-worker.ts starts. It answers one request after the other.
interface Port {
  readonly on: (name: 'message', listener: (request: WorkerRequest) => void) => unknown
  readonly postMessage: (answer: WorkerAnswer) => void
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this file runs in a thread only
const { parentPort } = process.getBuiltinModule('node:worker_threads') as unknown as { readonly parentPort: Port }
const allocations = limitAllocations()

parentPort.on('message', (request) => void answer(request))

async function answer(request: WorkerRequest): Promise<void> {
  try {
    parentPort.postMessage({ document: await (request.type === 'pdf' ? loadPdf(request) : loadDocx(request)) })
  } catch (thrown) {
    parentPort.postMessage({ failure: toFailure(thrown) })
  }
}

async function loadPdf({ bytes, maxStreamBytes, ...limits }: PdfRequest): Promise<LoadedDocument> {
  allocations.setLimit(maxStreamBytes)
  try {
    return await loadPdfContent(bytes, { ...limits, checkpoint })
  } catch (thrown) {
    checkpoint()
    throw thrown
  } finally {
    allocations.setLimit(Infinity)
  }

  // pdf.js goes on without a stream that it cannot decode, and the text would not be whole.
  function checkpoint(): void {
    if (!allocations.isExceeded()) return
    const message = `it has a stream that grows to more than ${maxStreamBytes} bytes`
    throw new DocumentError(message, { code: 'too-large' })
  }
}

function loadDocx({ bytes, documentId }: DocxRequest): Promise<LoadedDocument> {
  return loadDocxContent(bytes, documentId)
}

function toFailure(thrown: unknown): NonNullable<WorkerAnswer['failure']> {
  if (!(thrown instanceof DocumentError)) return { code: 'damaged', message: 'it is damaged', cause: String(thrown) }
  const { code, message, cause } = thrown
  // Some errors of pdf.js cannot be copied to another thread.
  return { code, message, ...(cause instanceof Error && { cause: `${cause.name}: ${cause.message}` }) }
}
