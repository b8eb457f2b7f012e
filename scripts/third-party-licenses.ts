import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The part of a metafile of esbuild that is read here. */
export interface Metafile {
  /** The files that went into the bundle, by their paths. */
  readonly inputs: Readonly<Record<string, unknown>>
}

/** A package whose code is in a bundle. */
export interface BundledPackage {
  /** Its folder. */
  readonly folder: string
  /** Its name and version, such as `ignore@7.0.5`. */
  readonly id: string
  /** Its licence, as its package.json names it. */
  readonly license: string
  /** The texts of its licence files; none if it has no such file. */
  readonly texts: readonly string[]
}

// It is not a dependency of unpdf: its code is part of that package.
const PDFJS =
  'It contains PDF.js, Copyright Mozilla Foundation, licensed under the Apache License 2.0, as openai is above.'

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//u
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/iu

/** Returns the packages that a bundle has code of, in the order of their names. */
function bundledPackages({ inputs }: Metafile): readonly BundledPackage[] {
  const folders = new Set(Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[1] ?? []))
  return [...folders].map(readPackage).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function readPackage(folder: string): BundledPackage {
  const {
    name,
    version,
    license = 'unknown',
  }: { name: string; version: string; license?: string } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  const names = readdirSync(folder).filter((file) => LICENSE_FILE.test(file))
  return {
    folder,
    id: `${name}@${version}`,
    license,
    texts: names.map((file) => readFileSync(join(folder, file), 'utf8').trim()),
  }
}

/**
 * Writes the licences of the packages in a bundle beside it, and removes the metafile of the bundle.
 *
 * @throws Error when the build made no metafile
 */
export async function writeLicenses(folder: string): Promise<void> {
  const metafile = join(folder, 'metafile-esm.json')
  if (!existsSync(metafile)) throw new Error(`Cannot find ${metafile}: set metafile in tsup.config.ts`)
  const packages = bundledPackages(JSON.parse(await readFile(metafile, 'utf8')))
  const head = 'The program contains code of these packages.'
  const parts = packages.map(({ id, license, texts }) => {
    const within = id.startsWith('unpdf@') ? [PDFJS] : []
    return [`${id} (${license})`, ...texts, ...within].join('\n\n')
  })
  await writeFile(join(folder, 'licenses.txt'), `${[head, ...parts].join(`\n\n${'-'.repeat(72)}\n\n`)}\n`)
  await rm(metafile)
}
