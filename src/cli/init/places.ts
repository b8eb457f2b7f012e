import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { CliError, usageError } from '../command-line/cli-error.ts'
import { codeOf, reasonOf } from '../command-line/reason-of.ts'

/** The most entries that a message names. */
const MOST_NAMED = 3

/**
 * Checks the folder that an app is written to: it does not exist, or it holds nothing but `.git` and the documents.
 *
 * @throws CliError that names the problem
 */
export async function checkFolder(folder: string, docs: string | undefined): Promise<void> {
  const entries = await entriesOf(folder)
  const others = entries.filter(
    (entry) => entry !== '.git' && !(docs !== undefined && isWithin(docs, join(folder, entry))),
  )
  if (others.length === 0) return
  const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : ''
  const named = others.toSorted().slice(0, MOST_NAMED).join(', ')
  throw usageError(
    `Cannot write to ${folder}: it must be empty, and has ${named}${more}. Name another folder: ragwire init my-chat`,
  )
}

/**
 * Checks the folder of the user's documents.
 *
 * @throws CliError that names the problem
 */
export async function checkDocs(docs: string, folder: string): Promise<void> {
  let isFolder: boolean
  try {
    isFolder = (await stat(docs)).isDirectory()
  } catch (cause) {
    const reason =
      codeOf(cause) === 'ENOENT'
        ? 'there is no such folder'
        : `${codeOf(cause) ?? reasonOf(cause)}, so check its permissions`
    throw usageError(`Cannot use --docs ${docs}: ${reason}`, cause)
  }
  if (!isFolder) throw usageError(`Cannot use --docs ${docs}: it is a file, so name its folder`)
  if (isWithin(folder, docs)) {
    throw usageError(
      `Cannot use --docs ${docs}: the app would be in it, and answer from its own files. Name a folder outside of it`,
    )
  }
}

/** Returns the path of the documents as the app names them, with slashes. */
export function pathOfDocs(docs: string, folder: string): string {
  return relative(folder, docs).split(sep).join('/')
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') throw usageError(`Cannot write to ${folder}: it is a file, so name a folder`, cause)
    throw new CliError(
      `Cannot read ${folder}: ${code ?? reasonOf(cause)}, so check its permissions or name another folder`,
      { cause },
    )
  }
}

/** Returns true if a path is the folder itself, or is below it. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way.split(sep)[0] !== '..' && resolve(folder, way) === path)
}
