// The picture of the layers and their table in the docs, made of the table that the architecture test checks.
// `node scripts/architecture-docs.ts` writes both anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { LAYERS, type Layer } from '../test/setup/layers.ts'
import { writtenRegion } from './written-region.ts'

const REGION = writtenRegion('layers', 'scripts/architecture-docs.ts')

/** The page about the layers. */
export const ARCHITECTURE_PAGE = new URL('../docs/architecture.md', import.meta.url)
/** The picture on that page. */
export const ARCHITECTURE_PICTURE = new URL('../docs/architecture.svg', import.meta.url)

/** The page with the table of layers as the architecture test has it now. */
export function withLayers(page: string): string {
  const rows = LAYERS.toReversed().map(({ folder, holds, packages = [], node }) => {
    const outside = [...packages.map((name) => `\`${name}\``), ...(node ? ['`node:`'] : [])].join(', ')
    return `| \`${nameOf(folder)}\` | ${holds} | ${outside} |`
  })
  return REGION.replace(page, ['| folder | holds | imports from outside |', '|---|---|---|', ...rows, ''].join('\n'))
}

const BOX = { width: 128, height: 40, gapX: 12, gapY: 40, margin: 24 }
const GROUPS: Readonly<Record<string, string>> = { core: '#dbeafe', knowledge: '#dcfce7', integrations: '#dcfce7' }

/** The picture: a box for each layer, above everything that it imports, and an arrow where no other path leads down. */
export function architecturePicture(): string {
  const floors = toFloors()
  const widest = Math.max(...floors.map((floor) => floor.length))
  const width = 2 * BOX.margin + widest * (BOX.width + BOX.gapX) - BOX.gapX
  const height = 2 * BOX.margin + floors.length * (BOX.height + BOX.gapY) - BOX.gapY
  const places = placesOf(floors, width)
  const arrows = LAYERS.flatMap((layer) => directImports(layer).map((below) => arrow(layer.folder, below, places)))
  const boxes = LAYERS.map(({ folder }) => box(folder, places))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12.5">`,
    '<title>The layers of ragwire: each imports only what lies below it</title>',
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#64748b"/></marker></defs>',
    `<rect width="${width}" height="${height}" rx="12" fill="#f8fafc"/>`,
    ...arrows,
    ...boxes,
    '</svg>',
    '',
  ].join('\n')
}

interface Place {
  readonly x: number
  readonly y: number
}

/** The layers by height, the highest first: each stands one floor above the highest that it imports. */
function toFloors(): readonly (readonly string[])[] {
  const heights = new Map<string, number>()
  // The table goes from the bottom up, so that what a layer imports is known already.
  for (const { folder, imports } of LAYERS) {
    heights.set(folder, Math.max(-1, ...imports.map((name) => heights.get(name) ?? -1)) + 1)
  }
  const top = Math.max(...heights.values())
  return Array.from({ length: top + 1 }, (_, index) =>
    LAYERS.flatMap(({ folder }) => (heights.get(folder) === top - index ? [folder] : [])),
  )
}

function placesOf(floors: readonly (readonly string[])[], width: number): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  // From the bottom up, so that each floor can stand above what it imports.
  for (const [index, floor] of [...floors.entries()].toReversed()) {
    const wanted = floor.map((folder) => ({ folder, x: middleOfImports(folder, places) ?? width / 2 }))
    const sorted = wanted.toSorted((a, b) => a.x - b.x)
    const step = BOX.width + BOX.gapX
    const mean = sorted.reduce((sum, { x }) => sum + x, 0) / sorted.length
    const room = (sorted.length * step - BOX.gapX) / 2
    const middle = Math.min(Math.max(mean, BOX.margin + room), width - BOX.margin - room)
    for (const [column, { folder }] of sorted.entries()) {
      const x = middle - room + column * step
      places.set(folder, { x: Math.round(x), y: BOX.margin + index * (BOX.height + BOX.gapY) })
    }
  }
  return places
}

function middleOfImports(folder: string, places: ReadonlyMap<string, Place>): number | undefined {
  const layer = LAYERS.find((other) => other.folder === folder)
  const xs = layer ? directImports(layer).flatMap((name) => places.get(name)?.x ?? []) : []
  return xs.length === 0 ? undefined : xs.reduce((sum, x) => sum + x, 0) / xs.length + BOX.width / 2
}

/** The imports to which no other import leads: the others are drawn by way of those. */
function directImports({ imports }: Layer): readonly string[] {
  return imports.filter((name) => !imports.some((other) => other !== name && reaches(other, name)))
}

function reaches(from: string, to: string): boolean {
  const imports = LAYERS.find(({ folder }) => folder === from)?.imports ?? []
  return imports.includes(to) || imports.some((name) => reaches(name, to))
}

function arrow(from: string, to: string, places: ReadonlyMap<string, Place>): string {
  const start = places.get(from)
  const end = places.get(to)
  if (!start || !end) throw new Error(`Cannot draw an arrow from ${from} to ${to}: one of them is no layer`)
  const x1 = start.x + BOX.width / 2
  const x2 = end.x + BOX.width / 2
  const y1 = start.y + BOX.height
  const bend = (end.y - y1) / 2
  return `<path d="M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${end.y - bend} ${x2} ${end.y}" fill="none" stroke="#94a3b8" marker-end="url(#tip)"/>`
}

function box(folder: string, places: ReadonlyMap<string, Place>): string {
  const { x, y } = places.get(folder) ?? { x: 0, y: 0 }
  const fill = GROUPS[folder.split('/')[0] ?? ''] ?? '#ffffff'
  const text = `<text x="${x + BOX.width / 2}" y="${y + BOX.height / 2 + 5}" text-anchor="middle" fill="#0f172a">${nameOf(folder)}</text>`
  return `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8" fill="${fill}" stroke="#64748b"/>${text}`
}

function nameOf(folder: string): string {
  return folder === '' ? 'src/*.ts' : folder
}

if (process.argv[1]?.endsWith('architecture-docs.ts')) {
  writeFileSync(ARCHITECTURE_PICTURE, architecturePicture())
  writeFileSync(ARCHITECTURE_PAGE, withLayers(readFileSync(ARCHITECTURE_PAGE, 'utf8')))
}
