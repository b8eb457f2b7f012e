import { relative } from 'node:path'
import type { PackageManager } from './package-manager.ts'

/** Returns the commands that start an app, one a line. They can be pasted into a shell. */
export function nextSteps(given: {
  /** The absolute path of the app. */
  readonly folder: string
  /** The folder that the shell is in. */
  readonly cwd: string
  /** Runs the scripts of the app. */
  readonly manager: PackageManager
  /** True if its packages are installed already. */
  readonly isInstalled: boolean
}): readonly string[] {
  const { folder, cwd, manager, isInstalled } = given
  const way = relative(cwd, folder)
  return [
    ...(way === '' ? [] : [`cd ${quote(way)}`]),
    ...(isInstalled ? [] : [`${manager} install`]),
    `${manager} run dev`,
  ]
}

function quote(path: string): string {
  if (/^[\w./][\w./-]*$/u.test(path)) return path
  // A path that begins with a dash would be an option.
  const plain = path.startsWith('-') ? `./${path}` : path
  return `'${plain.replaceAll("'", String.raw`'\''`)}'`
}
