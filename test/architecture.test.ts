import { describe, expect, it } from 'vitest'
import { doors, fileNameOf } from '../scripts/doors.ts'
import { readModules, type Module } from './setup/modules.ts'

interface Layer {
  readonly name: string
  /** Paths within `src/`; the first matching layer counts. */
  readonly files: RegExp
  /** The layers that it may import, besides itself. */
  readonly imports: readonly string[]
  /** The npm packages that it may import. */
  readonly packages?: readonly string[]
  /** True if its folders are look-alikes that must not import one another. */
  readonly foldersApart?: true
  /** Async generators are allowed only below the abort-first iterator, so that they cannot delay a `return()`. */
  readonly asyncGenerators?: true
}

const CORE = ['async', 'vocabulary', 'contracts', 'turn']

/** The layers. A module imports only its own layer and those that its row names. */
const LAYERS: readonly Layer[] = [
  { name: 'async', files: /^core\/(async\/|clock\.ts)/, imports: [] },
  // Interfaces that users implement are next to the stage that calls them, but belong to the vocabulary.
  {
    name: 'contracts',
    files:
      /^core\/(generation\/(chat-model|engine)|retrieval\/(retriever|reranker)|history\/(history-store|condenser|conversation))\.ts/,
    imports: ['vocabulary'],
  },
  {
    name: 'turn',
    files: /^core\/(turn\/|(stream-chat|options|option-names|resolve-options|trace-hooks)\.ts)/,
    imports: ['async', 'vocabulary', 'contracts', 'stages'],
    asyncGenerators: true,
  },
  { name: 'vocabulary', files: /^core\/(markers\/|text\/|[^/]+$)/, imports: ['async', 'contracts'] },
  {
    name: 'stages',
    files: /^core\/\w+\//,
    imports: ['async', 'vocabulary', 'contracts'],
    foldersApart: true,
    asyncGenerators: true,
  },
  { name: 'encoders', files: /^encoders\//, imports: ['async', 'vocabulary'], packages: ['eventsource-parser'] },
  { name: 'records', files: /^records\//, imports: ['vocabulary'], packages: ['zod'] },
  { name: 'runs', files: /^runs\//, imports: CORE },
  { name: 'protocols', files: /^protocols\//, imports: [...CORE, 'encoders'], packages: ['zod'] },
  {
    name: 'transports',
    files: /^transports\//,
    imports: [...CORE, 'encoders', 'protocols', 'records', 'runs'],
    packages: ['zod'],
  },
  {
    name: 'frameworks',
    files: /^frameworks\//,
    imports: [...CORE, 'transports'],
    packages: ['express', 'fastify', 'hono'],
  },
  {
    name: 'integrations',
    files: /^integrations\//,
    imports: [...CORE, 'encoders', 'records', 'runs'],
    packages: ['eventsource-parser'],
    foldersApart: true,
    asyncGenerators: true,
  },
  {
    name: 'knowledge',
    files: /^knowledge\//,
    imports: CORE,
    packages: ['minisearch', 'stemmer'],
    asyncGenerators: true,
  },
  {
    name: 'testing',
    files: /^testing\//,
    imports: [...CORE, 'encoders', 'protocols', 'runs', 'transports'],
    asyncGenerators: true,
  },
  { name: 'testing entry point', files: /^testing\.ts/, imports: ['testing'] },
  {
    name: 'entry points',
    files: /^[^/]+\.ts/,
    imports: [
      ...CORE,
      'stages',
      'encoders',
      'protocols',
      'runs',
      'transports',
      'frameworks',
      'integrations',
      'knowledge',
    ],
  },
]

const NODE_FILES = /^(transports\/node|testing\/)/

const modules = readModules()

describe('the import rules', () => {
  it('let every module import only the layers that its row names', () => {
    expect(modules.flatMap(forbiddenImports)).toEqual([])
  })

  it('allow Node imports only in Node files', () => {
    const offenders = modules.flatMap(({ path, imports }) =>
      NODE_FILES.test(path) ? [] : imports.filter((name) => name.startsWith('node:')).map((name) => `${path}: ${name}`),
    )
    expect(offenders, 'use the web standard, or move it to src/transports/node*.ts').toEqual([])
  })

  it('allow async generators only inside the abort-first iterator', () => {
    const outside = modules.filter((module) => !layerOf(module.path).asyncGenerators)
    const generators = outside.flatMap(({ functions }) => functions.filter((info) => info.isAsyncGenerator))
    expect(
      generators.map(({ at }) => at),
      'its return() waits behind a pending next(), so a stop would not arrive: write the iterator by hand',
    ).toEqual([])
  })
})

describe('entry points and exports', () => {
  const files = modules.filter(({ path }) => !path.includes('/'))

  it('have one entry point for each entry of exports in package.json', () => {
    const paths = files.map(({ path }) => path)
    expect(paths, 'src/*.ts and `exports` must name the same entry points').toEqual(
      doors.map((door) => `${fileNameOf(door)}.ts`).sort(),
    )
  })

  it('contain only named re-exports in an entry point', () => {
    const offenders = files.filter(({ otherStatements }) => otherStatements > 0).map(({ path }) => path)
    expect(offenders, "write `export { name } from './file.ts'` and move the rest into a layer").toEqual([])
  })

  it('are named everywhere', () => {
    const offenders = modules.flatMap(({ path, unnamedExports }) => unnamedExports.map((text) => `${path}: ${text}`))
    expect(offenders, 'name each export').toEqual([])
  })

  it('have doc comments', () => {
    const offenders = modules.flatMap(({ undocumented }) => undocumented)
    expect(offenders, 'say in a doc comment what it promises').toEqual([])
  })
})

describe('sizes', () => {
  it('are limited for files', () => {
    const lengths = modules.map(({ lines }) => lines)
    expect(percentile(lengths, 0.5), 'median').toBeLessThanOrEqual(100)
    expect(percentile(lengths, 0.9), '90th percentile').toBeLessThanOrEqual(250)
    const long = modules.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines} lines`)
    expect(long, 'split the file by idea').toEqual([])
  })

  it('are limited for functions', () => {
    const functions = modules.flatMap((module) => module.functions)
    const lengths = functions.map(({ lines }) => lines)
    expect(percentile(lengths, 0.9), '90th percentile').toBeLessThanOrEqual(40)
    const long = functions.filter(({ lines }) => lines > 80).map(({ at, lines }) => `${at}: ${lines} lines`)
    expect(long, 'give a part of the function a name').toEqual([])
  })
})

function forbiddenImports({ path, imports }: Module): readonly string[] {
  const layer = layerOf(path)
  return imports.flatMap((name) => {
    if (name.startsWith('node:')) return []
    if (!name.endsWith('.ts')) {
      const allowed = layer.packages ?? []
      return allowed.includes(name) ? [] : `${path} imports ${name}: ${layer.name} may import ${list(allowed)} from npm`
    }
    const target = layerOf(name)
    const isApart = layer.foldersApart && folderOf(name) !== folderOf(path)
    if (target === layer ? !isApart : layer.imports.includes(target.name)) return []
    return `${path} imports ${name}: ${layer.name} may import ${list(layer.imports)}; move what both need there`
  })
}

function layerOf(path: string): Layer {
  const layer = LAYERS.find(({ files }) => files.test(path))
  if (!layer) throw new Error(`${path} is in no layer: move it, or add its folder to LAYERS`)
  return layer
}

function folderOf(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

function list(names: readonly string[]): string {
  return names.join(', ') || 'nothing'
}

function percentile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * share) - 1] ?? 0
}
