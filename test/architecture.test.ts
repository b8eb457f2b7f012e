import { describe, expect, it } from 'vitest'
import { doors, fileNameOf } from '../scripts/doors.ts'
import { readModules, type Module } from './setup/modules.ts'

interface Layer {
  /** Folder within `src/`; the deepest one that holds a file counts. The empty one holds the entry points. */
  readonly folder: string
  /** The folders that it may import, beside itself. */
  readonly imports: readonly string[]
  /** The npm packages that it may import. */
  readonly packages?: readonly string[]
  /** Its folders are look-alikes that do not know one another. */
  readonly foldersApart?: true
  /** Where the abort-first iterator encloses it, an async generator cannot hold up a `return()`. */
  readonly asyncGenerators?: true
  /** True if its files may import modules of Node. */
  readonly node?: true
}

const TOOLS = ['core/vocabulary', 'core/async', 'core/text', 'core/options', 'core/observe']
const STAGES = ['core/history', 'core/retrieval', 'core/prompt', 'core/generation', 'core/citation']
const CORE = [...TOOLS, ...STAGES, 'core/turn', 'core']

/** The arrows, as a table. A module imports its own folder and those that its row names; nothing else. */
const LAYERS: readonly Layer[] = [
  { folder: 'core/vocabulary', imports: [] },
  { folder: 'core/async', imports: ['core/vocabulary'] },
  { folder: 'core/text', imports: ['core/vocabulary'] },
  { folder: 'core/options', imports: ['core/vocabulary', 'core/async', 'core/text'] },
  { folder: 'core/observe', imports: ['core/vocabulary', 'core/async', 'core/text', 'core/options'] },
  // The stages do not know one another.
  ...STAGES.map((folder): Layer => ({ folder, imports: TOOLS, asyncGenerators: true })),
  { folder: 'core/turn', imports: [...TOOLS, ...STAGES], asyncGenerators: true },
  { folder: 'core', imports: [...TOOLS, ...STAGES, 'core/turn'], asyncGenerators: true },
  { folder: 'encoders', imports: TOOLS, packages: ['eventsource-parser'] },
  { folder: 'records', imports: TOOLS, packages: ['zod'] },
  { folder: 'dialects', imports: [...CORE, 'encoders'], packages: ['zod'] },
  { folder: 'runs', imports: CORE },
  { folder: 'sinks', imports: [...CORE, 'encoders', 'dialects'] },
  { folder: 'http', imports: [...CORE, 'encoders', 'records', 'dialects', 'runs', 'sinks'], packages: ['zod'] },
  { folder: 'node', imports: [...CORE, 'encoders', 'dialects', 'sinks', 'http'], node: true },
  { folder: 'frameworks', imports: [...CORE, 'sinks', 'http', 'node'], packages: ['express', 'fastify', 'hono'] },
  {
    folder: 'integrations',
    imports: [...CORE, 'encoders', 'records', 'runs'],
    packages: ['eventsource-parser'],
    foldersApart: true,
    asyncGenerators: true,
  },
  { folder: 'knowledge', imports: CORE, packages: ['minisearch', 'stemmer'], asyncGenerators: true },
  {
    folder: 'testing',
    imports: [...CORE, 'encoders', 'dialects', 'runs', 'sinks', 'http', 'node'],
    asyncGenerators: true,
    node: true,
  },
  {
    folder: '',
    imports: [
      ...CORE,
      ...[
        'encoders',
        'dialects',
        'runs',
        'sinks',
        'http',
        'node',
        'frameworks',
        'integrations',
        'knowledge',
        'testing',
      ],
    ],
  },
]

const modules = readModules()
const importsOf = new Map(modules.map(({ path, imports }) => [path, imports]))

describe('arrows', () => {
  it('lets every module import only what its layer may know', () => {
    expect(modules.flatMap(forbiddenImports)).toEqual([])
  })

  it('has no circle of imports', () => {
    expect(modules.flatMap(circlesThrough), 'move what both need into a module of its own').toEqual([])
  })

  it('needs Node only in Node files', () => {
    const offenders = modules.flatMap(({ path, imports }) =>
      layerOf(path).node ? [] : imports.filter((name) => name.startsWith('node:')).map((name) => `${path}: ${name}`),
    )
    expect(offenders, 'use the web standard, or move it to src/node').toEqual([])
  })

  it('keeps async generators inside the abort-first iterator', () => {
    const outside = modules.filter((module) => !layerOf(module.path).asyncGenerators)
    const generators = outside.flatMap(({ functions }) => functions.filter((info) => info.isAsyncGenerator))
    expect(
      generators.map(({ at }) => at),
      'its return() waits behind a pending next(), so a stop would not arrive: write the iterator by hand',
    ).toEqual([])
  })
})

describe('doors and exports', () => {
  const files = modules.filter(({ path }) => !path.includes('/'))

  it('has one door for each entry of exports in package.json', () => {
    const paths = files.map(({ path }) => path)
    expect(paths, 'src/*.ts and `exports` must name the same doors').toEqual(
      doors.map((door) => `${fileNameOf(door)}.ts`).sort(),
    )
  })

  it('holds nothing but named re-exports in a door', () => {
    const offenders = files.filter(({ otherStatements }) => otherStatements > 0).map(({ path }) => path)
    expect(offenders, "write `export { name } from './file.ts'` and move the rest into a layer").toEqual([])
  })

  it('exports by name everywhere', () => {
    const offenders = modules.flatMap(({ path, unnamedExports }) => unnamedExports.map((text) => `${path}: ${text}`))
    expect(offenders, 'name each export').toEqual([])
  })

  it('documents every export', () => {
    const offenders = modules.flatMap(({ undocumented }) => undocumented)
    expect(offenders, 'say in a doc comment what it promises').toEqual([])
  })
})

describe('sizes', () => {
  it('keeps files short', () => {
    const lengths = modules.map(({ lines }) => lines)
    expect(percentile(lengths, 0.5), 'median').toBeLessThanOrEqual(100)
    expect(percentile(lengths, 0.9), '90th percentile').toBeLessThanOrEqual(250)
    const long = modules.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines} lines`)
    expect(long, 'split the file by idea').toEqual([])
  })

  it('keeps functions short', () => {
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
      return allowed.includes(name)
        ? []
        : `${path} imports ${name}: ${layer.folder || 'src'} may import ${list(allowed)} from npm`
    }
    const target = layerOf(name)
    const isApart = layer.foldersApart && folderOf(name) !== folderOf(path)
    if (target === layer ? !isApart : layer.imports.includes(target.folder)) return []
    return `${path} imports ${name}: ${layer.folder || 'src'} may import ${list(layer.imports)}; move what both need there`
  })
}

/** The shortest way from a module back to itself, if it is the first of its circle by name. */
function circlesThrough({ path }: Module): readonly string[] {
  const ways: string[][] = [[path]]
  const seen = new Set<string>()
  for (const way of ways) {
    for (const next of importsOf.get(way.at(-1) ?? '') ?? []) {
      if (next === path) return way.every((other) => path <= other) ? [[...way, path].join(' → ')] : []
      if (!seen.has(next)) ways.push([...way, next])
      seen.add(next)
    }
  }
  return []
}

function layerOf(path: string): Layer {
  const layers = LAYERS.filter(({ folder }) => folder === '' || path.startsWith(`${folder}/`))
  const [layer] = layers.toSorted((a, b) => b.folder.length - a.folder.length)
  if (!layer || (layer.folder === '' && path.includes('/'))) {
    throw new Error(`${path} is in no layer: move it, or add its folder to LAYERS`)
  }
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
