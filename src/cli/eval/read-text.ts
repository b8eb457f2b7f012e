import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { usageError } from '../command-line/cli-error.ts'
import { readBounded } from '../command-line/read-bounded.ts'
import { codeOf, reasonOf } from '../command-line/reason-of.ts'

/** Maximum size of a file of questions or of a report, in bytes. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024

/**
 * Reads a file as UTF-8, without a byte order mark.
 *
 * @throws CliError that names the file and the problem
 */
export async function readText(file: string, cwd: string, adviceOnFolders: string): Promise<string> {
  const path = resolve(cwd, file)
  let bytes: Uint8Array
  try {
    if ((await stat(path)).isDirectory()) throw new TypeError(`it is a folder: name a file, because ${adviceOnFolders}`)
    bytes = await readBounded(path, MAX_FILE_BYTES)
  } catch (cause) {
    throw usageError(`Cannot read ${file}: ${explain(cause)}`, cause)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw usageError(`Cannot read ${file}: it is not UTF-8, so save it as UTF-8`, cause)
  }
}

function explain(thrown: unknown): string {
  const code = codeOf(thrown)
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'it may not be read, so check its permissions'
  return reasonOf(thrown)
}
