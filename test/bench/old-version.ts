import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** An older version of the package, unpacked beside the tree. */
export interface OldVersion {
  /** The folder of the package. */
  readonly folder: string
  /** The folder of the benchmark's servers, which import the older version. */
  readonly servers: string
  /** Removes everything. */
  remove(): Promise<void>
}

/**
 * Unpacks a tarball of `npm pack` into a temporary folder beside the tree. Its dependencies are those of the tree, so that
 * only the package differs and no network is needed. The servers of the benchmark are copied into it, where the name of
 * the package means the older version.
 *
 * @param tarball - Path of the tarball.
 * @param tree - The folder of the tree.
 * @throws if the tarball cannot be unpacked.
 */
export async function installOldVersion(tarball: string, tree: string): Promise<OldVersion> {
  const folder = await mkdtemp(join(dirname(tree), `.${basename(tree)}-old-`))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await run('tar', ['-xzf', resolve(tarball), '-C', folder, '--strip-components=1'])
    await symlink(join(tree, 'node_modules'), join(folder, 'node_modules'))
    await cp(join(tree, 'test', 'bench'), join(folder, 'test', 'bench'), { recursive: true })
  } catch (cause) {
    await remove()
    throw new Error(`Cannot install ${tarball}`, { cause })
  }
  return { folder, servers: join(folder, 'test', 'bench', 'servers'), remove }
}
