import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createShares } from '../../../src/runs/memory/shares.ts'

const anyStep = fc.record({
  scope: fc.constantFrom('a', 'b', 'c'),
  do: fc.constantFrom('add', 'add', 'touch', 'remove'),
})

describe('createShares', () => {
  it('C9: respects its limits, and never evicts an item of a scope that has fewer than another', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        (steps, maxOfScope, maxTotal) => {
          const shares = createShares<{ readonly scope: string }>({ maxOfScope, maxTotal })
          const kept: { readonly scope: string }[] = []
          const drop = (item: { readonly scope: string }) => kept.splice(kept.indexOf(item), 1)
          const countOf = (scope: string) => kept.filter((item) => item.scope === scope).length
          for (const step of steps) {
            const first = kept.find(({ scope }) => scope === step.scope)
            if (step.do === 'add') {
              const item = { scope: step.scope }
              kept.push(item)
              const evicted = shares.add(item)
              if (!evicted) continue
              // The least recently used item of the own scope, or of the largest scope when all are full.
              expect(evicted).toBe(kept.find(({ scope }) => scope === evicted.scope))
              const most = Math.max(...['a', 'b', 'c'].map(countOf))
              expect([countOf(evicted.scope) > maxOfScope, countOf(evicted.scope) === most]).toContain(true)
              expect(shares.remove(evicted)).toBe(true)
              drop(evicted)
            } else if (first && step.do === 'touch') {
              shares.touch(first)
              drop(first)
              kept.push(first)
            } else if (first) {
              expect(shares.remove(first)).toBe(true)
              expect(shares.remove(first)).toBe(false)
              drop(first)
            }
            expect(kept.length).toBeLessThanOrEqual(maxTotal)
            for (const scope of ['a', 'b', 'c']) expect(countOf(scope)).toBeLessThanOrEqual(maxOfScope)
          }
        },
      ),
    )
  })
})
