import { open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CliError } from '../command-line/cli-error.ts'
import { makeFolder } from '../command-line/make-folder.ts'
import { reasonOf } from '../command-line/reason-of.ts'

/**
 * Writes files to a folder, by their paths with slashes. It writes all of them or none: after a failure or an abort, it
 * removes what it has written. An existing file is never replaced.
 *
 * @throws CliError that names the folder and the cause; the reason of the signal if it fires
 */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  // Files, and the topmost of each group of folders that did not exist.
  const created: string[] = []
  try {
    for (const [path, text] of files) {
      signal.throwIfAborted()
      const file = join(folder, path)
      const newFolder = await makeFolder(dirname(file))
      if (newFolder !== undefined) created.push(newFolder)
      const handle = await open(file, 'wx')
      created.push(file)
      try {
        await handle.writeFile(text)
      } finally {
        await handle.close()
      }
    }
  } catch (cause) {
    for (const path of created.toReversed()) await rm(path, { recursive: true, force: true })
    signal.throwIfAborted()
    throw new CliError(`Cannot write the app to ${folder}: ${reasonOf(cause)}. Nothing is left behind`, { cause })
  }
}
