import { IndexFileError } from '../index-file-error.ts'

/** Returns the modules of Node for files; there is no import, so that a bundler for browsers can resolve everything. */
export function nodeModules() {
  const load = globalThis.process?.getBuiltinModule
  if (typeof load !== 'function') {
    const message = 'Cannot use the file of an index: this needs Node 22.12 or a runtime with process.getBuiltinModule'
    throw new IndexFileError(message, { code: 'inaccessible' })
  }
  return {
    files: load('node:fs/promises'),
    paths: load('node:path'),
    crc32: load('node:zlib').crc32,
  }
}

/** The modules of {@link nodeModules}. */
export type NodeModules = ReturnType<typeof nodeModules>

/** An open file. */
export type NodeFile = Awaited<ReturnType<NodeModules['files']['open']>>
