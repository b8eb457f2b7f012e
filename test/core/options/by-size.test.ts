import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBySize } from '../../../src/core/options/by-size.ts'

describe('createBySize', () => {
  it('gives the largest first, and among equal ones the one that was set the longest ago', () => {
    const steps = fc.array(fc.record({ value: fc.constantFrom('a', 'b', 'c', 'd'), size: fc.nat({ max: 4 }) }))
    fc.assert(
      fc.property(steps, (all) => {
        const table = createBySize<string>()
        const sizes = new Map<string, number>()
        for (const { value, size } of all) {
          table.set(value, size)
          sizes.delete(value)
          if (size > 0) sizes.set(value, size)
          const expected = [...sizes].toSorted(([, one], [, other]) => other - one).map(([value]) => value)
          expect([...table.largestFirst()]).toEqual(expected)
        }
      }),
    )
  })
})
