import { IndexFileError } from '../index-file-error.ts'
import { nodeModules, type NodeModules } from './node-modules.ts'
import type { IndexSnapshot } from './take-snapshot.ts'
import { writeIndex } from './write-index.ts'

/**
 * Saves a snapshot to a file. It writes another file, and renames it once all of it is on the disk. So the path always
 * has the old index or the new one, also if the process is killed or the machine fails.
 */
export async function saveIndex(snapshot: IndexSnapshot, path: string, signal: AbortSignal): Promise<void> {
  const modules = nodeModules()
  const { files } = modules
  try {
    // A rename would replace a symbolic link, not the file that it points to.
    const target = await files.realpath(path).catch(() => path)
    await removeLeftovers(target, modules)
    const temporary = `${target}.${crypto.randomUUID()}${TEMPORARY}`
    try {
      await writeFile(snapshot, temporary, { modules, signal })
      await files.rename(temporary, target)
    } catch (error) {
      await files.rm(temporary, { force: true })
      throw error
    }
    await syncFolder(modules.paths.dirname(target), modules)
  } catch (error) {
    if (signal.aborted || error instanceof IndexFileError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    const message = `Cannot save the index to ${path}: ${reason}. The file that was there is unchanged`
    throw new IndexFileError(message, { code: 'inaccessible', cause: error })
  }
}

const TEMPORARY = '.tmp'

async function writeFile(
  snapshot: IndexSnapshot,
  path: string,
  { modules, signal }: { readonly modules: NodeModules; readonly signal: AbortSignal },
): Promise<void> {
  const file = await modules.files.open(path, 'wx')
  try {
    await writeIndex(snapshot, { file, crc32: modules.crc32, signal })
    // Else the rename may be on the disk before the content.
    await file.sync()
  } finally {
    await file.close()
  }
}

// A temporary file that is older than an hour was left by a process that was killed.
const LEFTOVER_MS = 3_600_000

async function removeLeftovers(target: string, { files, paths }: NodeModules): Promise<void> {
  const folder = paths.dirname(target)
  const prefix = `${paths.basename(target)}.`
  const names = (await files.readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith(TEMPORARY))
  for (const name of names) {
    const path = paths.join(folder, name)
    const found = await files.stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > LEFTOVER_MS) await files.rm(path, { force: true })
  }
}

/** Writes the new name to the disk. Windows cannot open a folder, and needs no such call. */
async function syncFolder(folder: string, { files }: NodeModules): Promise<void> {
  if (globalThis.process.platform === 'win32') return
  const handle = await files.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
