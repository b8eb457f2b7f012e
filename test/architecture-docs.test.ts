import { readFileSync } from 'node:fs'
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
})
