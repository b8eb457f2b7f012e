import { createRequire } from 'node:module'

/** The packages that loaders of `ragwire/knowledge` need. */
export type LoaderPackage = '@mozilla/readability' | 'linkedom' | 'mammoth' | 'unpdf'

/** The part of this package's own package.json that an app depends on. */
export interface OwnPackage {
  /** The version of the program. */
  readonly version: string
  /** The supported versions of the optional packages. */
  readonly peerDependencies: Readonly<Record<LoaderPackage, string>>
}

/** Reads the package.json of this package. A package can import itself, from its source and when it is built. */
export function readOwnPackage(): OwnPackage {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tests of the apps install what it names
  return createRequire(import.meta.url)('ragwire/package.json') as OwnPackage
}
