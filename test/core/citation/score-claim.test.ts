import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinTexts } from '../../../src/core/citation/join-texts.ts'
import { prepareText, readText } from '../../../src/core/citation/prepare-text.ts'
import { scoreClaim, scoreTogether } from '../../../src/core/citation/score-claim.ts'

const units = ['Cats ', 'sleep ', 'government ', 'governor ', 'the ', 'of ', '12 ', '. Birds ', '猫睡觉。', ', ']
const text = fc.array(fc.constantFrom(...units), { maxLength: 20 }).map((words) => words.join(''))

describe('scoreTogether', () => {
  it('is the score in the sources as one text', () => {
    fc.assert(
      fc.property(text, fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }), (claim, sources) => {
        const prepared = sources.map(([source, title]) => prepareText(source, [title]))
        expect(scoreTogether(readText(claim), prepared)).toBe(scoreClaim(readText(claim), joinTexts(prepared)))
      }),
      { numRuns: 1000 },
    )
  })
})
