import { DONE, toIterator } from '../../core/async/iterators.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { booleanOption, countOption } from '../../core/options/options-with-defaults.ts'
import { expectOptionalFunction, expectSignal, wrongType } from '../../core/options/validate.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { KnowledgeDocument } from '../documents/knowledge-document.ts'
import { openFolder, type OpenedFolder } from './folder/folder-files.ts'
import { listFiles, type FoundFile } from './folder/list-files.ts'
import { readFile } from './folder/read-file.ts'

/** The options of {@link readFolder}. Paths are relative to the folder, with `/` between names. */
export interface ReadFolderOptions {
  /** Returns true for a file to read. It is also called for links and special files. @defaultValue all files */
  readonly include?: ((path: string) => boolean) | undefined
  /** Returns true for a file or folder to leave out, in addition to hidden ones. @defaultValue none */
  readonly exclude?: ((path: string) => boolean) | undefined
  /** Reads also names that begin with a dot, and `node_modules`. @defaultValue false */
  readonly hidden?: boolean | undefined
  /** Maximum size of a file in bytes; reading a larger one fails as `too-large`. @defaultValue 52428800 (50 MB) */
  readonly maxFileBytes?: number | undefined
  /**
   * Follows symbolic links whose target is in the folder. Other links are never followed. A link that is not followed is a
   * document that cannot be read.
   * @defaultValue false
   */
  readonly followLinks?: boolean | undefined
  /** Returns the address of a file. @defaultValue none */
  readonly sourceUrl?: ((path: string) => string | undefined) | undefined
  /** Returns the metadata of a file. @defaultValue none */
  readonly metadata?: ((path: string) => Readonly<Record<string, unknown>> | undefined) | undefined
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined
}

const OPTIONS: OptionNames<ReadFolderOptions> = {
  include: true,
  exclude: true,
  hidden: true,
  maxFileBytes: true,
  followLinks: true,
  sourceUrl: true,
  metadata: true,
  signal: true,
}

const DEFAULT_MAX_FILE_BYTES = 50 * 1024 * 1024

/**
 * Reads the files below a folder as documents, in bytewise order of their paths. A file is opened when its `content` is
 * called, and only if it is a regular file in the folder. Its `version` is made of its size, times and inode.
 *
 * A file that cannot be read is a document whose `content` throws a `DocumentError`. So is a symbolic link that is not
 * followed, and a special file such as a pipe, unless `include`, `exclude` or `hidden` leaves it out. If a folder cannot be listed, the
 * iteration fails after its last document, so that the files of that folder are not taken for removed.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'`
 */
export function readFolder(folder: string, options: ReadFolderOptions = {}): AsyncIterable<KnowledgeDocument> {
  if (typeof folder !== 'string') throw wrongType('folder', 'the path of a folder', folder)
  if (folder === '') throw invalidInput('folder', "Cannot use folder: it is empty. The current folder is '.'")
  const resolved = resolveOptions(options)
  return {
    [Symbol.asyncIterator]() {
      const read = createReader(folder, resolved)
      let isStopped = false
      let last: Promise<unknown> = Promise.resolve()
      const next = async (): Promise<IteratorResult<KnowledgeDocument, undefined>> => {
        if (isStopped) return DONE
        try {
          const document = await read()
          isStopped ||= document === undefined
          return isStopped || !document ? DONE : { value: document, done: false }
        } catch (error) {
          isStopped = true
          throw error
        }
      }
      // Reads do not overlap, also if the caller does not wait for the one before.
      return toIterator(
        () => {
          const result = last.then(next)
          last = result.catch(() => {})
          return result
        },
        () => {
          isStopped = true
        },
      )
    },
  }
}

type ResolvedOptions = ReturnType<typeof resolveOptions>

function resolveOptions(options: ReadFolderOptions) {
  expectOptions(options, OPTIONS, { of: 'readFolder' })
  return {
    include: expectOptionalFunction('include', options.include),
    exclude: expectOptionalFunction('exclude', options.exclude),
    hidden: booleanOption('hidden', options.hidden, false),
    maxFileBytes: countOption('maxFileBytes', options.maxFileBytes, DEFAULT_MAX_FILE_BYTES),
    followLinks: booleanOption('followLinks', options.followLinks, false),
    sourceUrl: expectOptionalFunction('sourceUrl', options.sourceUrl),
    metadata: expectOptionalFunction('metadata', options.metadata),
    signal: expectSignal('signal', options.signal),
  }
}

/** Creates the function that returns the next document; `undefined` after the last one. */
function createReader(path: string, options: ResolvedOptions): () => Promise<KnowledgeDocument | undefined> {
  let folder: OpenedFolder | undefined
  let nextFile: (() => Promise<FoundFile | undefined>) | undefined
  return async () => {
    options.signal?.throwIfAborted()
    folder ??= await openFolder(path)
    nextFile ??= listFiles(folder, options)
    const file = await nextFile()
    return file && toDocument(folder, file, options)
  }
}

function toDocument(folder: OpenedFolder, file: FoundFile, options: ResolvedOptions): KnowledgeDocument {
  const { path, version } = file
  const { sourceUrl, metadata, maxFileBytes } = options
  return {
    documentId: path,
    content: ({ signal }) => readFile(folder, file, { signal, maxFileBytes }),
    version,
    url: sourceUrl?.(path),
    metadata: metadata?.(path),
  }
}
