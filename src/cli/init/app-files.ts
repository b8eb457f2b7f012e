import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOwnPackage, type LoaderPackage } from '../command-line/own-package.ts'
import { toPackageName } from './package-name.ts'
import type { Template } from './template.ts'

/** The properties of an app that its files depend on. */
export interface AppProperties {
  /** The template. */
  readonly template: Template
  /** The absolute path of its folder. */
  readonly folder: string
  /** The user's documents, relative to the folder; undefined for the examples of the template. */
  readonly docs: string | undefined
  /** Further packages, which the loaders of the documents need. */
  readonly packages: readonly LoaderPackage[]
}

/** The package.json of a template, as far as it is changed. */
interface PackageJson {
  readonly name: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

// Beside this file in the source, and beside the program when it is built.
const TEMPLATES = fileURLToPath(new URL('templates/', import.meta.url))

/** Returns the files of an app by their paths, with slashes. */
export async function readAppFiles(properties: AppProperties): Promise<ReadonlyMap<string, string>> {
  const files = new Map([...(await readTemplate('shared')), ...(await readTemplate(properties.template))])
  edit(files, 'package.json', (text) => toPackageJson(text, properties))
  const { docs } = properties
  if (docs !== undefined) {
    for (const path of files.keys()) if (path.startsWith('docs/')) files.delete(path)
    edit(files, 'server/chat.ts', (text) => replace(text, /(?<=^const DOCUMENTS = ).*$/mu, quote(docs)))
    edit(files, 'page/chat.tsx', (text) => replace(text, /(?<=^const EXAMPLES: readonly string\[\] = ).*$/mu, '[]'))
  }
  return files
}

async function readTemplate(name: string): Promise<ReadonlyMap<string, string>> {
  const root = join(TEMPLATES, name)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name: file }) => join(parentPath, file))
  return new Map(
    await Promise.all(
      paths.toSorted().map(async (path) => [nameInApp(relative(root, path)), await readFile(path, 'utf8')] as const),
    ),
  )
}

/** Hidden files begin with `_` in a template, because npm leaves a `.gitignore` out of a package. */
function nameInApp(path: string): string {
  return path
    .split(sep)
    .join('/')
    .replace(/(?<=^|\/)_(?=[^/]*$)/u, '.')
}

function toPackageJson(text: string, { folder, packages }: AppProperties): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tests install the packages of each template
  const template = JSON.parse(text) as PackageJson
  const { dependencies, devDependencies } = template
  const { version, peerDependencies } = readOwnPackage()
  const all = {
    ...dependencies,
    ...Object.fromEntries(packages.map((name) => [name, peerDependencies[name]])),
    ragwire: `^${version}`,
  }
  const name = toPackageName(basename(folder), Object.keys({ ...all, ...devDependencies }))
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ ...template, name, dependencies: sorted }, undefined, 2)}\n`
}

function edit(files: Map<string, string>, path: string, change: (text: string) => string): void {
  files.set(path, change(files.get(path) ?? ''))
}

/** @throws Error if the template has no such place */
function replace(text: string, place: RegExp, by: string): string {
  if (!place.test(text)) throw new Error(`The template has no ${place}`)
  return text.replace(place, () => by)
}

/** Returns a literal of TypeScript, in single quotes if nothing in it is escaped. */
function quote(text: string): string {
  const literal = JSON.stringify(text)
  return literal === `"${text}"` && !text.includes("'") ? `'${text}'` : literal
}
