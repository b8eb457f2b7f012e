import { describe, expect, it } from 'vitest'
import { entryPoints, fileNameOf } from '../scripts/entry-points.ts'
import { LAYERS, type Layer } from './setup/layers.ts'
import { readModules, type Module } from './setup/modules.ts'

const modules = readModules()
const importsOf = new Map(modules.map(({ path, imports }) => [path, imports]))

describe('the import rules', () => {
  it('let every module import only the layers that its row names', () => {
    expect(modules.flatMap(forbiddenImports)).toEqual([])
  })

  it('forbid import cycles', () => {
    expect(modules.flatMap(circlesThrough), 'move what both need into a module of its own').toEqual([])
  })

  it('allow modules of Node only in Node folders', () => {
    const offenders = modules.flatMap(({ path, imports }) =>
      layerOf(path).node ? [] : imports.filter((name) => name.startsWith('node:')).map((name) => `${path}: ${name}`),
    )
    expect(offenders, 'use the web standard, or move it to src/node').toEqual([])
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
      entryPoints.map((entryPoint) => `${fileNameOf(entryPoint)}.ts`).sort(),
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

  it('have doc comments on every member of an interface', () => {
    const offenders = modules.flatMap(({ undocumentedMembers }) => undocumentedMembers)
    expect(offenders, 'describe the member in a doc comment').toEqual([])
  })

  it('have doc comments that do not open with a question word', () => {
    const offenders = modules.flatMap(({ questions }) => questions)
    expect(offenders, 'begin with what it is or does, such as "Returns …" or "Maximum …"').toEqual([])
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

/** The shortest import cycle through a module, if the module is the first of that cycle by name. */
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
