import { hasCode, type OpenedFolder } from './folder-files.ts'

/** The facts about a file, as `lstat` returns them. */
export interface FileStats {
  /** Size in bytes. */
  readonly size: bigint
  /** Time of the last change of the content, in nanoseconds. */
  readonly mtimeNs: bigint
  /** Time of the last change of the content or the inode, in nanoseconds. */
  readonly ctimeNs: bigint
  /** Number of the device. */
  readonly dev: bigint
  /** Number of the inode. */
  readonly ino: bigint
  /** Returns true for a regular file. */
  isFile(): boolean
  /** Returns true for a folder. */
  isDirectory(): boolean
  /** Returns true for a symbolic link. */
  isSymbolicLink(): boolean
}

/** An entry of a folder. */
export interface FoundEntry {
  /** Path of the file or folder, without symbolic links if it has no `problem`. */
  readonly target: Buffer
  /** Facts about the file or folder, or about the link if it is not followed. */
  readonly stats: FileStats
  /** True if a symbolic link was followed. */
  readonly isLink: boolean
  /** Reason for which it is not read, and the fix. */
  readonly problem?: string | undefined
}

/** The two paths of an entry. */
export interface EntryPaths {
  /** Path that is safe from changes of the folders above it. */
  readonly at: Buffer
  /** Path in the folder. */
  readonly real: Buffer
}

/**
 * Returns the entry that a path leads to; `undefined` if it was removed. It opens nothing. Of a target outside of the
 * folder, it reads only the links on the way.
 */
export async function findEntry(
  folder: OpenedFolder,
  { at, real }: EntryPaths,
  { followLinks }: { readonly followLinks: boolean },
): Promise<FoundEntry | undefined> {
  const stats = await lstat(folder, at)
  if (!stats) return undefined
  const entry = { target: real, stats, isLink: false }
  if (stats.isFile() || stats.isDirectory()) return entry
  if (!stats.isSymbolicLink()) return { ...entry, problem: 'it is not a regular file. Exclude it' }
  if (followLinks) return followLink(folder, entry)
  return { ...entry, problem: 'it is a symbolic link: set followLinks to read links within the folder, or exclude it' }
}

async function followLink(folder: OpenedFolder, link: FoundEntry): Promise<FoundEntry> {
  const broken = { ...link, problem: 'it links to a file that does not exist. Repair, remove or exclude the link' }
  try {
    const target = await folder.files.realpath(link.target, { encoding: 'buffer' })
    if (!folder.isBelow(target))
      return {
        ...link,
        problem: 'it links to a place outside of the folder. Copy the content into the folder, or exclude it',
      }
    const stats = await lstat(folder, target)
    if (!stats) return broken
    if (stats.isFile() || stats.isDirectory()) return { target, stats, isLink: true }
    return { ...link, problem: 'it links to something that is not a regular file. Exclude it' }
  } catch (error) {
    if (hasCode(error, 'ELOOP')) return { ...link, problem: 'it is a cyclic link. Remove or exclude it' }
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return broken
    // The target may be a folder whose files were read before. They must not be taken for removed.
    throw error
  }
}

/** Returns the facts about a file, without following a link; `undefined` if it was removed. */
async function lstat({ files }: OpenedFolder, path: Buffer): Promise<FileStats | undefined> {
  try {
    return await files.lstat(path, { bigint: true })
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
