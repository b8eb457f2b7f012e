import { describe, expect, it } from 'vitest'
import { readability } from '../../../src/knowledge/local/readability.ts'

describe('readability', () => {
  it.each(['The gate closes at noon.', '大门中午关闭。', 'Yes.', 'Mix flour and water.'])(
    'takes nothing off %j',
    (text) => {
      expect(readability(text)).toBeCloseTo(0)
    },
  )

  it.each([
    'It closes at noon.',
    'Therefore the gate closes.',
    '因此大门关闭。',
    'See the guide to gates.',
    '参见大门指南。',
    'For more information about gates, see the guide.',
    'Weitere Informationen stehen im Leitfaden zu den Toren.',
    'Sie schließt um zwölf Uhr.',
    'Source: alpha/beta gates/closing, gamma/delta 17',
    `The gate ${'and the wall '.repeat(40)}`,
  ])('takes something off %j', (text) => {
    expect(readability(text)).toBeLessThan(0)
  })
})
