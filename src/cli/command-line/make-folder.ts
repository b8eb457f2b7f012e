import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder, with the parents that do not exist. `mkdir` of Node with `recursive` does not do it: below `/proc`, where
 * nothing can be made, it never returns.
 *
 * @returns the topmost folder that it has made; undefined if the folder was there
 * @throws the error of the system
 */
export async function makeFolder(folder: string): Promise<string | undefined> {
  if (await isThere(folder)) return undefined
  const parent = dirname(folder)
  const topmost = parent === folder ? undefined : await makeFolder(parent)
  try {
    await mkdir(folder)
  } catch (thrown) {
    // Another process may have made it meanwhile.
    if (codeOf(thrown) !== 'EEXIST' || !(await isThere(folder))) throw thrown
  }
  return topmost ?? folder
}

/** @throws Error if the path is no folder, or if nobody may look */
async function isThere(folder: string): Promise<boolean> {
  try {
    if ((await stat(folder)).isDirectory()) return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false
    throw thrown
  }
  throw new Error(`${folder} is a file`)
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
}
