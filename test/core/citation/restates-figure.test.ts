import { describe, expect, it } from 'vitest'
import { judgeClaim } from './judge-claim.ts'

/** Two sentences with the same figure in two forms. */
const SAME: readonly (readonly [string, string])[] = [
  [
    'The bridge was opened on 15 March 2024 after ten years.',
    'The bridge was opened on March 15, 2024 after ten years.',
  ],
  ['The bridge was opened on 15 March 2024 after ten years.', 'The bridge was opened on 2024-03-15 after ten years.'],
  [
    'The bridge was opened on Mar. 15, 2024 after ten years.',
    'The bridge was opened on 15 March 2024 after ten years.',
  ],
  ['The disk of the server holds 512 GB of data.', 'The disk of the server holds 512 gigabytes of data.'],
  [
    'The room on the first floor measures 20 m² in all.',
    'The room on the first floor measures 20 square metres in all.',
  ],
  ['The temperature of the room is 20 °C at night.', 'The temperature of the room is 20 degrees at night.'],
  ['The company earned $1.5 million in the first year.', 'The company earned 1.5 million USD in the first year.'],
]

/** Two sentences with different figures of the same words. */
const OTHER: readonly (readonly [string, string])[] = [
  ['The ratio is 3:1 between water and flour here.', 'The ratio is 1:3 between water and flour here.'],
  [
    'The bridge was opened on 15 March 2024 after ten years.',
    'The bridge was opened on March 16, 2024 after ten years.',
  ],
  ['The disk of the server holds 512 GB of data.', 'The disk of the server holds 512 terabytes of data.'],
  ['The company earned $1.5 million in the first year.', 'The company earned 1.5 million EUR in the first year.'],
  ['The disk was 3 GB large and then 5 GB large there.', 'The disk was 5 GB large and then 3 GB large there.'],
  ['The plan costs €10/month for each user here.', 'The plan costs €10/year for each user here.'],
]

describe('a figure in another form', () => {
  it.each(SAME)('B4, B5: replaces nothing and is no name: %s / %s', (source, claim) => {
    expect(judgeClaim(claim, source)).toMatchObject({ support: 'supported', reasons: [] })
    expect(judgeClaim(source, claim)).toMatchObject({ support: 'supported', reasons: [] })
  })

  it.each([
    ['The crate on the pier weighs 5 kg and is empty.', 'The crate on the pier weighs 5000 g and is empty.'],
    ['The boat to the island takes two weeks in winter.', 'The boat to the island takes 14 days in winter.'],
  ])('B5: a converted value has no reason that names it: %s / %s', (source, claim) => {
    for (const reason of judgeClaim(claim, source)?.reasons ?? []) expect(reason).toBe('missing-words')
  })

  it.each(OTHER)('B4, B5: another figure disagrees: %s / %s', (source, claim) => {
    expect(judgeClaim(claim, source)?.support).toBe('weak')
    expect(judgeClaim(source, claim)?.support).toBe('weak')
  })
})
