import { describe, expect, it } from 'vitest'
import { judgeClaim } from './judge-claim.ts'

describe('a name in another length', () => {
  it.each([
    ['In 1990 the US signed the treaty.', 'In 1990 the United States signed the treaty.'],
    ['In 1990 the US signed the treaty.', 'In 1990 the U.S. signed the treaty.'],
    ['In 1990 the USA signed the treaty.', 'In 1990 the U.S.A. signed the treaty.'],
    ['In 1990 the U.S. signed the treaty.', 'In 1990 the United States signed the treaty.'],
    ['In 1990 the EU signed the treaty.', 'In 1990 the European Union signed the treaty.'],
    ['In 1990 the UK signed the treaty.', 'In 1990 the United Kingdom signed the treaty.'],
    ['In 1990 the USA signed the treaty.', 'In 1990 the United States of America signed the treaty.'],
  ])('B4: is the same: %j and %j', (claim, source) => {
    expect(judgeClaim(claim, source)).toMatchObject({ support: 'supported', reasons: [] })
    expect(judgeClaim(source, claim)).toMatchObject({ support: 'supported', reasons: [] })
  })

  it.each([
    ['In 1990 the UK signed the treaty.', 'In 1990 the United States signed the treaty.'],
    ['In 1990 the United Nations signed the treaty.', 'In 1990 the US signed the treaty.'],
    ['In 1990 the Iron Tribe signed the treaty.', 'It was 1990. Then the people signed the treaty.'],
    ['In 1990 the US signed the treaty.', 'In 1990 the united states signed the treaty.'],
  ])('B4: is another name: %j and %j', (claim, source) => {
    expect(judgeClaim(claim, source)?.support).not.toBe('supported')
  })
})

describe('a negative prefix', () => {
  it.each([
    ['Returning the item is impossible after a week.', 'Returning the item is not possible after a week.'],
    ['The fee of the card is not refundable at all.', 'The fee of the card is nonrefundable at all.'],
  ])('B6: denies like a negation: %j and %j', (claim, source) => {
    expect(judgeClaim(claim, source)?.reasons).not.toContain('negation')
    expect(judgeClaim(source, claim)?.reasons).not.toContain('negation')
  })

  it('B6: is still a change where the other text denies nothing', () => {
    const [possible, impossible] = ['possible', 'impossible'].map((word) => `Returning it is ${word} after a week.`)
    expect(judgeClaim(possible ?? '', impossible ?? '')?.support).not.toBe('supported')
    expect(judgeClaim(impossible ?? '', possible ?? '')?.support).not.toBe('supported')
    expect(judgeClaim('Returning it is not possible after a week.', possible ?? '')?.reasons).toContain('negation')
  })
})
