import { untilAborted } from '../../core/async/abortable.ts'
import { describeValue } from '../../core/options/expect-options.ts'
import { messageOf } from '../../core/vocabulary/chat-error.ts'
import { checkLoaded } from './check-loaded.ts'
import { DocumentError, type DocumentErrorCode } from '../documents/document-error.ts'
import type { DocumentContent, KnowledgeDocument } from '../documents/knowledge-document.ts'
import type { LoadedDocument } from '../documents/loaded-document.ts'
import { sha256 } from './hash.ts'
import type { ResolvedChunkOptions } from '../options/chunk-options.ts'
import type { ResolvedKnowledgeOptions } from '../options/knowledge-options.ts'
import { splitChunks, type ChunkDraft } from './split-chunks.ts'
import type { ManifestEntry, StoredDocument } from '../store/knowledge-store.ts'

/** A document that is ready to be embedded and stored, or the reason for which it need not be. */
export type PreparedDocument =
  | { readonly outcome: 'unchanged'; readonly newVersion?: Pick<ManifestEntry, 'hash' | 'version'> | undefined }
  | { readonly outcome: 'changed'; readonly document: StoredDocument; readonly drafts: readonly ChunkDraft[] }

/** Options of {@link prepareDocument}. */
export interface PrepareOptions extends ResolvedKnowledgeOptions {
  /** The scope of the document. */
  readonly scope: string
  /** The entry of the document from an earlier indexing. */
  readonly known: ManifestEntry | undefined
  /** Ends the work. */
  readonly signal: AbortSignal
}

/**
 * Reads a document, unless it is unchanged, and splits it into chunks.
 *
 * @throws DocumentError when it cannot be indexed, or the signal's reason
 */
export async function prepareDocument(given: KnowledgeDocument, options: PrepareOptions): Promise<PreparedDocument> {
  const { scope, known } = options
  const { documentId, version, metadata } = given
  // A version stands for the content only. The hash of the settings is compared with it.
  const versioned = version === undefined ? undefined : await sha256(`${settingsOf({ ...options, given })}\n${version}`)
  if (versioned !== undefined && known?.version === versioned) return { outcome: 'unchanged' }
  const content = await readContent(given, options)
  const hash = await hashOf(content, { ...options, given })
  if (known?.hash === hash)
    return { outcome: 'unchanged', newVersion: versioned === undefined ? undefined : { hash, version: versioned } }
  const { title, drafts } = await splitContent(content, { ...options, given })
  const document = {
    scope,
    documentId,
    hash,
    ...(versioned !== undefined && { version: versioned }),
    ...(title !== undefined && { title }),
    ...(metadata && { metadata }),
  }
  return { outcome: 'changed', document, drafts }
}

/** The facts of a document besides its content that its chunks depend on. */
export interface DocumentSettings extends Pick<ResolvedKnowledgeOptions, 'fingerprint' | 'mediaTypeOf'> {
  /** The document. */
  readonly given: KnowledgeDocument
}

/** Returns a hash that changes with the content and with everything else that the chunks depend on. */
export async function hashOf(content: DocumentContent, settings: DocumentSettings): Promise<string> {
  return sha256(`${settingsOf(settings)}\n${await sha256(content)}`)
}

function settingsOf({ given, fingerprint, mediaTypeOf }: DocumentSettings): string {
  const { documentId, title, url, metadata, mediaType = mediaTypeOf(documentId) } = given
  return JSON.stringify([fingerprint, mediaType, title, url, metadata])
}

/** The limits and the signal of a reading. */
export interface ReadOptions extends ResolvedChunkOptions {
  /** Ends the work. */
  readonly signal: AbortSignal
}

/** The chunks of a document, and its title. */
export interface SplitContent {
  /** Title of the document or of its content. */
  readonly title: string | undefined
  /** The chunks. */
  readonly drafts: readonly ChunkDraft[]
}

/**
 * Splits a content into chunks.
 *
 * @throws DocumentError when it cannot be read or has no text
 */
export async function splitContent(
  content: DocumentContent,
  { given, ...options }: ReadOptions & { readonly given: KnowledgeDocument },
): Promise<SplitContent> {
  const { documentId, url, metadata, mediaType = options.mediaTypeOf(documentId) } = given
  const loaded = await load({ documentId, content, mediaType, signal: options.signal }, options)
  const title = given.title ?? loaded.title
  const drafts = await splitChunks(loaded, { ...options, document: { documentId, url, metadata }, title })
  if (drafts.length === 0) throw new DocumentError(`Cannot index ${documentId}: it has no text`, { code: 'empty' })
  return { title, drafts }
}

/**
 * Reads the content of a document.
 *
 * @throws DocumentError when that fails, or it is too large
 */
export async function readContent(given: KnowledgeDocument, options: ReadOptions): Promise<DocumentContent> {
  const { documentId, content } = given
  const { signal, maxContentBytes } = options
  const read = await guarded(documentId, 'unreadable', signal, async () =>
    typeof content === 'function' ? content({ signal }) : content,
  )
  if (typeof read !== 'string' && !(read instanceof Uint8Array)) {
    const message = `Cannot index ${documentId}: its content must be a string or a Uint8Array, and it is ${describeValue(read)}`
    throw new DocumentError(message, { code: 'invalid-document' })
  }
  if (read.length > maxContentBytes) {
    const message = `Cannot index ${documentId}: its content has ${read.length} bytes, more than maxContentBytes (${maxContentBytes})`
    throw new DocumentError(message, { code: 'too-large' })
  }
  return read
}

interface LoadInput {
  readonly documentId: string
  readonly content: DocumentContent
  readonly mediaType: string
  readonly signal: AbortSignal
}

async function load(input: LoadInput, { loaders, maxTextChars }: ReadOptions): Promise<LoadedDocument> {
  const { documentId, mediaType, signal } = input
  const [bareType = ''] = mediaType.toLowerCase().split(';')
  const loader = loaders.get(bareType.trim()) ?? (bareType.startsWith('text/') ? loaders.get('text/plain') : undefined)
  if (!loader) {
    const message = `Cannot index ${documentId}: there is no loader for ${mediaType}; add one to the loaders option`
    throw new DocumentError(message, { code: 'unsupported' })
  }
  const loaded = await guarded(documentId, 'damaged', signal, async () => checkLoaded(await loader(input), input))
  if (loaded.text.length > maxTextChars) {
    const message = `Cannot index ${documentId}: its text has ${loaded.text.length} characters, more than maxTextChars (${maxTextChars})`
    throw new DocumentError(message, { code: 'too-large' })
  }
  return cleanLoaded(loaded)
}

/** Replaces characters that some stores cannot hold. Each keeps its length, so that offsets stay the same. */
function cleanLoaded(loaded: LoadedDocument): LoadedDocument {
  const { text, title } = loaded
  return { ...loaded, text: storable(text), ...(title !== undefined && { title: storable(title) }) }
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** Runs code from outside. An error that is no {@link DocumentError} gets the code, so that only this document fails. */
async function guarded<T>(
  documentId: string,
  code: DocumentErrorCode,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await untilAborted(work(), signal)
  } catch (thrown) {
    signal.throwIfAborted()
    if (thrown instanceof DocumentError) throw thrown
    throw new DocumentError(`Cannot read ${documentId}: ${messageOf(thrown)}`, { code, cause: thrown })
  }
}
