import { existsSync, globSync } from 'node:fs'
import { dirname } from 'node:path'

/** A folder of tests with a lock file of its own, because its packages are too large for the main `npm ci`. */
export interface ExtraFolder {
  /** Relative to the repository, such as `test/clients`. */
  readonly path: string
  /** True once `npm ci` has finished there: npm writes this file last. */
  readonly installed: boolean
}

/** All folders of that kind. */
export const extraFolders: readonly ExtraFolder[] = globSync('test/*/package-lock.json')
  .sort()
  .map((lock) => dirname(lock))
  .map((path) => ({ path, installed: existsSync(`${path}/node_modules/.package-lock.json`) }))

/** Returns the folders whose tests cannot run here. */
export const missingFolders: readonly string[] = extraFolders
  .filter(({ installed }) => !installed)
  .map(({ path }) => path)

/** Returns one line with the skipped folders and how to install them; undefined if there is none. */
export const missingFoldersMessage: string | undefined =
  missingFolders.length === 0
    ? undefined
    : `The packages of ${missingFolders.join(' and ')} are not installed: run \`npm run test:install\``
