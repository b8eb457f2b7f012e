type Files = ReturnType<typeof process.getBuiltinModule<'node:fs/promises'>>

/** An open file or folder. */
export type FileHandle = Awaited<ReturnType<Files['open']>>

/** A folder, and the functions to read below it. */
export interface OpenedFolder {
  /** Path of the folder without symbolic links. */
  readonly root: Buffer
  /** The file functions of Node. */
  readonly files: Files
  /** Returns true for the folder itself and for paths below it. The path has no symbolic links. */
  isBelow(path: Buffer): boolean
  /**
   * Opens a file or folder that is below the folder, calls `use`, and closes it. The check does not depend on the path by
   * which it was opened, because a part of that path may have become a symbolic link in the meantime.
   */
  open<T>(path: Buffer, use: (handle: FileHandle) => Promise<T>): Promise<T>
  /** Calls `use` with a path that leads to this folder also if a part of `path` has become a symbolic link. */
  enter<T>(path: Buffer, use: (path: Buffer) => Promise<T>): Promise<T>
}

/** Opens a folder for reading below it. */
export async function openFolder(path: string): Promise<OpenedFolder> {
  const { files, constants } = nodeModules()
  // Windows has only the first of these.
  const flags: Readonly<Record<string, number | undefined>> = { ...constants }
  const { O_RDONLY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = flags
  const root = await realFolder(files, path)
  const below = withSeparator(root)

  function isBelow(target: Buffer): boolean {
    return target.equals(root) || target.subarray(0, below.length).equals(below)
  }

  async function expectBelow(handle: FileHandle, path: Buffer): Promise<void> {
    const opened = await openedPath(files, handle)
    if (opened ? isBelow(opened) : await isUnchanged(handle, path)) return
    throw new Error('it is outside of the folder')
  }

  /** Without the path of the open file: its path must still be one without links, and lead to the same file. */
  async function isUnchanged(handle: FileHandle, path: Buffer): Promise<boolean> {
    const target = await files.realpath(path, { encoding: 'buffer' })
    const [before, now] = [await handle.stat({ bigint: true }), await files.lstat(target, { bigint: true })]
    return isBelow(target) && before.dev === now.dev && before.ino === now.ino
  }

  async function open<T>(path: Buffer, use: (handle: FileHandle) => Promise<T>): Promise<T> {
    // Not blocking: a file may have become a pipe.
    const handle = await files.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      await expectBelow(handle, path)
      return await use(handle)
    } finally {
      await handle.close()
    }
  }

  return {
    root,
    files,
    isBelow,
    open,
    enter(path, use) {
      // Windows opens no folders.
      if (O_NOFOLLOW === 0) return use(path)
      return open(path, async (handle) => use((await openedPath(files, handle)) ? procPath(handle) : path))
    },
  }
}

async function realFolder(files: Files, path: string): Promise<Buffer> {
  try {
    const root = await files.realpath(path, { encoding: 'buffer' })
    if (!(await files.stat(root)).isDirectory()) throw new Error('it is not a folder')
    return root
  } catch (cause) {
    const { isAbsolute } = process.getBuiltinModule('node:path')
    // A process is often started in another folder than its code expects.
    const place = isAbsolute(path) ? '' : ` in ${process.cwd()}`
    throw new Error(`Cannot read the folder ${path}${place}: ${reasonOf(cause)}`, { cause })
  }
}

function procPath({ fd }: FileHandle): Buffer {
  return Buffer.from(`/proc/self/fd/${fd}`)
}

/** Returns the path of an open file as the kernel knows it; `undefined` where the system does not tell. */
async function openedPath(files: Files, handle: FileHandle): Promise<Buffer | undefined> {
  try {
    return await files.readlink(procPath(handle), { encoding: 'buffer' })
  } catch {
    // Only Linux has these links.
    return undefined
  }
}

function withSeparator(root: Buffer): Buffer {
  return Buffer.concat([root, SEPARATOR]).subarray(0, root.at(-1) === SLASH ? root.length : root.length + 1)
}

const SLASH = 0x2f
const SEPARATOR: Uint8Array = nodePlatform() === 'win32' ? Uint8Array.of(0x5c) : Uint8Array.of(SLASH)

/** Returns the path of an entry of a folder. Paths are bytes, because names may be invalid as UTF-8. */
export function joinPath(folder: Buffer, name: Uint8Array): Buffer {
  return Buffer.concat([withSeparator(folder), name])
}

function nodePlatform(): string | undefined {
  return globalThis.process?.platform
}

/** Returns the modules of Node. They are loaded at their use, so that other runtimes can load this file. */
function nodeModules() {
  const load = globalThis.process?.getBuiltinModule
  if (!load) throw new Error('Cannot read a folder: this needs node:fs of Node.js 22.3 or later')
  return { files: load('node:fs/promises'), constants: load('node:fs').constants }
}

/** Returns the reason of a failure for a message, such as `EACCES: permission denied, open …`. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** Returns true if an error of Node has one of the codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code)
}
