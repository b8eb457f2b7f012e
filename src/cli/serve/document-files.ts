import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DocumentContent, KnowledgeDocument } from '../../knowledge.ts'

/** A document that the server sends to readers. */
export interface DocumentFile {
  /** Its media type. */
  readonly type: string
  /** Reads it as it is now. */
  read(): Promise<DocumentContent>
}

const PDF = /\.pdf$/i

// Nothing in a document may load, run or be framed.
const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Returns the documents by their paths. No other file is sent. */
export function toDocumentFiles(documents: readonly KnowledgeDocument[]): ReadonlyMap<string, DocumentFile> {
  return new Map(
    documents.flatMap(({ documentId, url, content }) => {
      if (url === undefined) return []
      const type = PDF.test(documentId) ? 'application/pdf' : 'text/plain; charset=utf-8'
      const read = async () =>
        typeof content === 'function' ? content({ signal: AbortSignal.timeout(10_000) }) : content
      return [[url, { type, read }]]
    }),
  )
}

/** Sends a document: a PDF, or text as it is in the file, also if it is HTML. */
export async function sendDocument(
  { type, read }: DocumentFile,
  { method }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await read()
    response.writeHead(200, {
      'content-type': type,
      'content-security-policy': PDF_TYPES.has(type) ? POLICY : `${POLICY}; sandbox`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    })
    response.end(method === 'HEAD' ? undefined : body)
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('This document is no longer there')
  }
}

// The viewers of browsers show no PDF in a sandbox.
const PDF_TYPES = new Set(['application/pdf'])
