import { describe, expect, it } from 'vitest'
import { unitIn } from '../../../../src/core/citation/figures/units.ts'
import { judgeClaim } from '../judge-claim.ts'

describe('names of units in other languages', () => {
  it('knows the names of English, German and Chinese in every text', () => {
    expect(['kilogram', 'Kilogramm', '公斤'].map((name) => unitIn(name)?.name)).toEqual(['kg', 'kg', 'kg'])
  })

  it('knows the names of another language only in a text of that language', () => {
    expect(unitIn('heures', 'fr')?.name).toBe('hour')
    expect(unitIn('heures')).toBeUndefined()
    expect(unitIn('heures', 'pl')).toBeUndefined()
  })

  // A French terabyte is a "To".
  it('B5: a French claim does not change the outcome of a later English one', () => {
    expect(judgeClaim('Il faut 30 minutes de repos.', 'Il faut 30 secondes de repos.')?.reasons).toContain(
      'unit:minute',
    )
    const [source, claim] = ['The repair takes 5 to 10 days in all.', 'The repair takes 5 days to 10 days in all.']
    expect(judgeClaim(claim, source)).toMatchObject({ support: 'supported' })
  })

  it.each([
    ['The plan costs €10/month for each user here.', 'The plan costs €10/year for each user here.'],
    ['The plan costs $10 per month for each user here.', 'The plan costs $10 per day for each user here.'],
  ])('B5: compares the unit behind "per" of an amount with its currency in front: %s', (source, claim) => {
    expect(judgeClaim(claim, source)?.support).toBe('weak')
    expect(judgeClaim(source, claim)?.support).toBe('weak')
  })
})
