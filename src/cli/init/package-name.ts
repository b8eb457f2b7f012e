import { builtinModules } from 'node:module'

/** The name if nothing of the folder's name can be used, such as one in Chinese. */
const FALLBACK = 'my-chat'

const MAX_LENGTH = 100

/**
 * Returns a valid name of an npm package, made of the name of a folder. It differs from the names in `taken` and from the
 * modules of Node, because npm would install the wrong one of the two, or none.
 */
export function toPackageName(folder: string, taken: readonly string[]): string {
  const name =
    folder
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/\p{Mark}/gu, '')
      .replaceAll(/[^a-z\d._-]+/g, '-')
      .slice(0, MAX_LENGTH)
      .replaceAll(/^[._-]+|[._-]+$/g, '') || FALLBACK
  return isTaken(name, taken) ? `${name}-chat` : name
}

function isTaken(name: string, taken: readonly string[]): boolean {
  return name === 'node_modules' || name === 'favicon.ico' || [...taken, ...builtinModules].includes(name)
}
