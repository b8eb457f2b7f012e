import { findEntry, type FileStats, type FoundEntry } from './find-entry.ts'
import { nameOf } from './file-name.ts'
import { hasCode, joinPath, reasonOf, type OpenedFolder } from './folder-files.ts'

/** A file below the folder, or a link or special file that is not read. */
export interface FoundFile {
  /** Path relative to the folder, with `/` between names. */
  readonly path: string
  /** Path to open, without symbolic links. */
  readonly target: Buffer
  /** Made of size, times and inode; absent for a file that changed a moment ago, and for one that is not read. */
  readonly version: string | undefined
  /** Reason for which it is not read, and the fix; absent for a regular file. */
  readonly problem?: string | undefined
}

/** The options of {@link listFiles}. */
export interface ListFilesOptions {
  /** Returns true for a file to read. */
  readonly include: ((path: string) => boolean) | undefined
  /** Returns true for a file or folder to leave out. */
  readonly exclude: ((path: string) => boolean) | undefined
  /** True if hidden files are read, too. */
  readonly hidden: boolean
  /** True if links within the folder are followed. */
  readonly followLinks: boolean
  /** Ends the work. */
  readonly signal: AbortSignal | undefined
}

interface Entry extends Pick<FoundEntry, 'target' | 'stats' | 'problem'> {
  readonly path: string
  /** Identities of the folder and of those above it; of a file, of its folder. */
  readonly chain: readonly string[]
}

/**
 * Returns the function that finds the next file, in bytewise order of the paths. After the last file, it throws if a folder
 * could not be listed.
 */
export function listFiles(folder: OpenedFolder, options: ListFilesOptions): () => Promise<FoundFile | undefined> {
  const failures: FolderFailure[] = []
  const linked = new Set<string>()
  let waiting: Entry[] | undefined

  async function list(path: string, target: Buffer, chain: readonly string[]): Promise<Entry[]> {
    try {
      const entries = await readEntries(folder, { path, target, chain }, { ...options, linked })
      return entries.toReversed()
    } catch (cause) {
      options.signal?.throwIfAborted()
      // A folder that is removed meanwhile has no files. If the whole folder is removed, it is rather a failed mount.
      if (path === '' || !hasCode(cause, 'ENOENT')) failures.push({ path, cause })
      return []
    }
  }

  return async () => {
    waiting ??= await list('', folder.root, [identityOf(await folder.files.stat(folder.root, { bigint: true }))])
    for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
      options.signal?.throwIfAborted()
      const { path, target, stats, chain, problem } = entry
      if (problem !== undefined) return { path, target, version: undefined, problem }
      if (stats.isFile()) return { path, target, version: versionOf(stats) }
      for (const inner of await list(path, target, chain)) waiting.push(inner)
    }
    if (failures.length > 0) throw failed(failures)
    return undefined
  }
}

interface FolderFailure {
  readonly path: string
  readonly cause: unknown
}

const MOST_NAMED = 3

function failed(failures: readonly FolderFailure[]): Error {
  const named = failures.slice(0, MOST_NAMED).map(({ path, cause }) => `${path || '.'} (${reasonOf(cause)})`)
  const more = failures.length > MOST_NAMED ? ` and ${failures.length - MOST_NAMED} more` : ''
  const message = `Cannot list all folders: ${named.join(', ')}${more}. Make them readable, or exclude them`
  return new Error(message, { cause: failures[0]?.cause })
}

type EntryOptions = ListFilesOptions & { readonly linked: Set<string> }

const STATS_AT_ONCE = 64

/** Returns the entries of a folder that are not left out, in bytewise order. */
async function readEntries(
  folder: OpenedFolder,
  { path, target, chain }: Pick<Entry, 'path' | 'target' | 'chain'>,
  options: EntryOptions,
): Promise<readonly Entry[]> {
  const entries: (Entry & { readonly key: Buffer })[] = []
  await folder.enter(target, async (base) => {
    const names = await folder.files.readdir(base, { encoding: 'buffer' })
    const texts = new Set(names.map(String))
    for (let at = 0; at < names.length; at += STATS_AT_ONCE) {
      options.signal?.throwIfAborted()
      const batch = names.slice(at, at + STATS_AT_ONCE).map(async (bytes) => {
        const name = nameOf(bytes, texts)
        const inner = path === '' ? name : `${path}/${name}`
        if (isExcluded(name, inner, options)) return
        const found = await findEntry(folder, { at: joinPath(base, bytes), real: joinPath(target, bytes) }, options)
        if (!found) return
        const { stats } = found
        const problem = found.problem ?? problemOfFolder(found, chain, options)
        const isFolder = problem === undefined && stats.isDirectory()
        if (!isFolder && options.include?.(inner) === false) return
        entries.push({
          path: inner,
          target: found.target,
          stats,
          problem,
          chain: isFolder ? [...chain, identityOf(stats)] : chain,
          // With the separator, files of a folder `a` come after the file `a-b`, as their paths do.
          key: isFolder ? Buffer.concat([bytes, SLASH]) : bytes,
        })
      })
      await Promise.all(batch)
    }
  })
  return entries.toSorted((a, b) => Buffer.compare(a.key, b.key))
}

const SLASH = Uint8Array.of(0x2f)
const HIDDEN = /^(?:\.|node_modules$)/u

function isExcluded(name: string, path: string, { hidden, exclude }: EntryOptions): boolean {
  return (!hidden && HIDDEN.test(name)) || exclude?.(path) === true
}

/** Returns a reason for a folder that contains itself by a link, and for one that another link has led to. */
function problemOfFolder(
  { stats, isLink }: FoundEntry,
  chain: readonly string[],
  { linked }: EntryOptions,
): string | undefined {
  if (!stats.isDirectory()) return undefined
  const id = identityOf(stats)
  if (chain.includes(id)) return 'it is a cyclic link: it leads to a folder that contains it. Remove or exclude it'
  if (!isLink) return undefined
  if (linked.has(id)) return 'another link leads to the same folder, which is read there. Remove or exclude one of them'
  linked.add(id)
  return undefined
}

function identityOf({ dev, ino }: FileStats): string {
  return `${dev}:${ino}`
}

const COARSE_NS = 1_000_000_000n
const COARSE_MS = 2_000
const TICK_MS = 20

/**
 * Returns the version of a file. A file that changed within the last tick of its file system has none: it may change again
 * without another time.
 */
function versionOf({ size, mtimeNs, ctimeNs, ino }: FileStats): string | undefined {
  const latest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs
  const tickMs = mtimeNs % COARSE_NS === 0n ? COARSE_MS : TICK_MS
  if (Date.now() - Number(latest / 1_000_000n) < tickMs) return undefined
  return [size, mtimeNs, ctimeNs, ino].map((part) => part.toString(36)).join('-')
}
