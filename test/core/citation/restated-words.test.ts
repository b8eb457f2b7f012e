import { describe, expect, it } from 'vitest'
import { judgeClaim } from './judge-claim.ts'

const IN_ANOTHER_FORM: readonly (readonly [string, string])[] = [
  ['The tank weighs 3.5 kg.', 'The tank weighs 3500 g.'],
  ['It weighs 3.5 kg.', 'It weighs 3500 g.'],
  ['It lasts two weeks.', 'It lasts 14 days.'],
  ['It takes 90 minutes.', 'It takes 1.5 hours.'],
  ['Es dauert zwei Wochen.', 'Es dauert 14 Tage.'],
  ['It costs 5 million dollars.', 'It costs $5M.'],
  ['It costs 20 euros.', 'It costs €20.'],
  ['Take it twice daily.', 'Take it 2 times daily.'],
  ['Take it two times daily.', 'Take it twice daily.'],
]

describe('a short claim with a figure in another form', () => {
  it.each(IN_ANOTHER_FORM)('B4: has no missing words: %j of %j', (claim, source) => {
    expect(judgeClaim(claim, source)).toMatchObject({ support: 'supported', reasons: [] })
  })

  it.each([
    ['It lasts two weeks.', 'It lasts 15 days.'],
    ['It lasts two weeks.', 'The king reigned 14 days.'],
    ['It costs 20 euros.', 'It costs 20.'],
    ['It costs 20 euros.', 'It costs €21.'],
    ['Take it twice daily.', 'Take it 3 times daily.'],
    ['The old tank in town weighs 3.5 kg.', 'The new bridge weighs 3500 g.'],
  ])('B4: has missing words where the figure or the rest differs: %j of %j', (claim, source) => {
    expect(judgeClaim(claim, source)?.support).not.toBe('supported')
  })
})
