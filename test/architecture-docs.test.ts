import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ARCHITECTURE_PAGE,
  ARCHITECTURE_PICTURE,
  architecturePicture,
  withLayers,
} from '../scripts/architecture-docs.ts'

const HOW = 'run `node scripts/architecture-docs.ts`'

describe('docs/architecture.md', () => {
  it('has the table of layers that the code is checked against', () => {
    const page = readFileSync(ARCHITECTURE_PAGE, 'utf8')
    expect(page, HOW).toBe(withLayers(page))
  })

  it('shows the diagram of that table', () => {
    expect(readFileSync(ARCHITECTURE_PICTURE, 'utf8'), HOW).toBe(architecturePicture())
  })

  it('names only paths and links that exist', () => {
    const page = readFileSync(ARCHITECTURE_PAGE, 'utf8')
    const paths = matchesOf(/`((?:src|test|scripts|docs|examples)(?:\/[^`*]+)?)`/gu, page)
    const links = matchesOf(/\]\(([^)#]+)/gu, page).map((link) => `docs/${link}`)
    expect(paths.length).toBeGreaterThan(30)
    expect([...paths, ...links].filter((path) => !existsSync(resolve(path)))).toEqual([])
  })
})

function matchesOf(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, match = '']) => match)
}
