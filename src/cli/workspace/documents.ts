import { readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import ignore from 'ignore'
import { DocumentError, mediaTypeOf, readFolder, type KnowledgeDocument } from '../../knowledge.ts'
import { CliError, usageError } from '../command-line/cli-error.ts'
import { isRegularFile } from '../command-line/read-bounded.ts'
import { codeOf, reasonOf } from '../command-line/reason-of.ts'
import { pathOfDocument } from './document-path.ts'

/** The files and folders that the documents come from. */
export interface DocumentPlaces {
  /** Absolute paths of files and folders. */
  readonly docs: readonly string[]
  /** The patterns of documents to leave out, as in a `.gitignore`. */
  readonly exclude: readonly string[]
}

/** The folder that all documents are in, and which of its files are documents. */
export interface DocumentRoot {
  /** The absolute path. Ids of documents are relative to it. */
  readonly folder: string
  /** Returns true for a document, by its path below the folder. */
  include(path: string): boolean
  /** Returns true for a file or folder that is left out. */
  exclude(path: string): boolean
}

/**
 * Finds the common folder of the documents: the one that was given, or the closest that holds all that were given.
 *
 * @throws CliError that names the path that cannot be read
 */
export async function findRoot({ docs, exclude }: DocumentPlaces): Promise<DocumentRoot> {
  const kinds = await Promise.all(docs.map(async (path) => ({ path, isFolder: await isFolder(path) })))
  const folder = commonFolder(kinds.map(({ path, isFolder: itself }) => (itself ? path : dirname(path))))
  const given = kinds.map(({ path }) => toId(folder, path))
  const isGiven = (path: string) => given.some((one) => one === '' || path === one || path.startsWith(`${one}/`))
  const leads = (path: string) => given.some((one) => one.startsWith(`${path}/`))
  const rules = ignore()
    .add(await readIgnoreFile(folder))
    .add([...exclude])
  return {
    folder,
    include: isGiven,
    exclude: (path) => (!isGiven(path) && !leads(path)) || rules.ignores(path) || rules.ignores(`${path}/`),
  }
}

/**
 * Lists the documents in bytewise order of their paths. A file is read when its `content` is called.
 *
 * @throws CliError when there is none, or a folder cannot be read
 */
export async function listDocuments(root: DocumentRoot, signal: AbortSignal): Promise<readonly KnowledgeDocument[]> {
  const documents: KnowledgeDocument[] = []
  const { folder, include, exclude } = root
  try {
    for await (const document of readFolder(folder, { include, exclude, signal, sourceUrl: pathOfDocument })) {
      documents.push(isReadable(document.documentId) ? document : unreadable(document))
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw cannotRead(folder, cause)
  }
  if (documents.length > 0) return documents
  throw noFiles(folder)
}

/**
 * Resolves if the folder has a file that is not left out.
 *
 * @throws CliError when there is none, or a folder cannot be read
 */
export async function expectFiles({ folder, include, exclude }: DocumentRoot): Promise<void> {
  const files = readFolder(folder, { include, exclude })[Symbol.asyncIterator]()
  try {
    const first = await files.next()
    if (first.done) throw noFiles(folder)
  } catch (cause) {
    throw cause instanceof CliError ? cause : cannotRead(folder, cause)
  } finally {
    await files.return?.()
  }
}

function cannotRead(folder: string, cause: unknown): CliError {
  return usageError(`Cannot read ${folder}: ${reasonOf(cause)}`, cause)
}

function noFiles(folder: string): CliError {
  return usageError(`Cannot use ${folder}: it has no files, so name a folder of documents`)
}

// The media types with a loader, besides all types of text.
const LOADED = new Set([
  'application/json',
  'application/pdf',
  'application/xhtml+xml',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
])

/** Returns false for a file that no loader reads by its extension, such as an image. */
function isReadable(path: string): boolean {
  const type = mediaTypeOf(path)
  return type.startsWith('text/') || LOADED.has(type)
}

/** Keeps an image from being read at every run, only to be skipped. */
function unreadable(document: KnowledgeDocument): KnowledgeDocument {
  const { documentId } = document
  const message = `Cannot index '${documentId}': no loader reads ${mediaTypeOf(documentId)}`
  return { ...document, content: () => Promise.reject(new DocumentError(message, { code: 'unsupported' })) }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    const code = codeOf(cause)
    const reason =
      code === 'ENOENT' ? 'there is no such file or folder' : `${code ?? reasonOf(cause)}, so check its permissions`
    throw usageError(`Cannot read ${path}: ${reason}`, cause)
  }
}

async function readIgnoreFile(folder: string): Promise<string> {
  const file = join(folder, '.gitignore')
  return (await isRegularFile(file)) ? readFile(file, 'utf8').catch(() => '') : ''
}

function commonFolder(folders: readonly string[]): string {
  return folders.reduce((common, folder) => {
    let shared = common
    while (shared !== folder && !folder.startsWith(shared.endsWith(sep) ? shared : shared + sep)) {
      shared = dirname(shared)
    }
    return shared
  })
}

function toId(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/')
}
