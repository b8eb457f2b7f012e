import { describe, expect, it } from 'vitest'
import { withContext } from '../../../src/knowledge/text/with-context.ts'

describe('withContext', () => {
  it('puts the title and the headings above a chunk before its text', () => {
    const context = { headings: ['Returns', 'Opened'], section: ['Returns', 'Opened'] }
    expect(withContext('Software.', 'Shop', context)).toBe('Shop.\nReturns.\nOpened.\nSoftware.')
  })

  it('repeats a heading that the chunk begins with, and no heading that repeats the title', () => {
    const context = { headings: ['Shop'], section: ['Shop', 'Returns'] }
    expect(withContext('## Returns', 'Shop', context)).toBe('Shop.\nReturns.\n## Returns')
    expect(withContext('# Shop', 'Shop', { headings: [], section: ['Shop'] })).toBe('Shop.\nShop.\n# Shop')
  })
})
