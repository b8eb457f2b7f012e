import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistoryTurn } from '../../../src/core/vocabulary/history-turn.ts'
import { trimHistory } from '../../../src/core/history/trim-history.ts'
import { estimateTokens } from '../../../src/core/text/estimate-tokens.ts'

function turn(question: string, answer: string): HistoryTurn {
  return { question, answer, sources: [], citations: [] }
}

function trim(turns: readonly HistoryTurn[], historyTokens: number, countTokens = estimateTokens) {
  return trimHistory(turns, { historyTokens, countTokens })
}

function tokensOf(turns: readonly HistoryTurn[]): number {
  return turns.reduce((sum, { question, answer }) => sum + estimateTokens(question) + estimateTokens(answer), 0)
}

const ENGLISH = 'Cats sleep 16 hours a day. '.repeat(330)
const CHINESE = '猫每天睡十六个小时。'.repeat(300)

describe('trimHistory', () => {
  it.each([
    ['a long English answer', ENGLISH, '.'],
    ['a long Chinese answer', CHINESE, '。'],
  ])('B9: keeps the latest question, and cuts %s at the end of a sentence', (_what, answer, end) => {
    const { turns, trimmed } = trim([turn('Old?', 'Old.'), turn('How long?', answer)], 2_000)
    expect([turns.length, trimmed, turns[0]?.question]).toEqual([1, true, 'How long?'])
    const kept = turns[0]?.answer ?? ''
    expect(answer.startsWith(kept)).toBe(true)
    expect(kept.endsWith(end)).toBe(true)
    expect(tokensOf(turns)).toBeLessThanOrEqual(2_000)
    expect(tokensOf(turns)).toBeGreaterThan(1_800)
  })

  it('B9: cuts a long question too, and reserves a part of the budget for its answer', () => {
    const { turns } = trim([turn(ENGLISH, CHINESE)], 2_000)
    expect(turns[0]?.question.length).toBeGreaterThan(5_000)
    expect(turns[0]?.answer.length).toBeGreaterThan(400)
    expect(tokensOf(turns)).toBeLessThanOrEqual(2_000)
  })

  it('B9: keeps the part of a long answer that fits beside short turns', () => {
    const { turns } = trim([turn('Cats?', ENGLISH), turn('Thanks', 'You are welcome.')], 2_000)
    expect(turns.map(({ question }) => question)).toEqual(['Cats?', 'Thanks'])
    expect(turns[1]?.answer).toBe('You are welcome.')
    expect(tokensOf(turns)).toBeLessThanOrEqual(2_000)
  })

  it('B9: keeps the citations in the remaining part of an answer', () => {
    const answer = `Cats [1]. ${ENGLISH} [2]`
    const citations = [
      { start: 5, end: 8 },
      { start: answer.length - 3, end: answer.length },
    ]
    expect(trim([{ ...turn('Q?', answer), citations }], 500).turns[0]?.citations).toEqual(citations.slice(0, 1))
  })

  it('B9: never splits a surrogate pair, for any text and any budget', () => {
    const text = fc
      .array(fc.constantFrom('Cats sleep. ', '猫睡。', '👩‍👩‍👧‍👦', '𝐁', 'e\u0301', 'क्‍ष', 'x'.repeat(50), '\n', ' '), {
        minLength: 1,
      })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        (pairs, budget) => {
          const all = pairs.map(([question, answer]) => turn(question, answer))
          const { turns, trimmed } = trim(all, budget)
          expect(trimmed).toBe(tokensOf(all) > budget)
          expect(turns.length).toBeGreaterThan(0)
          for (const [index, { question, answer }] of turns.entries()) {
            const original = all[all.length - turns.length + index]
            expect(original?.question.startsWith(question)).toBe(true)
            expect(answer === '…' || original?.answer.startsWith(answer)).toBe(true)
            expect(answer).not.toBe('')
            expect(`${question}${answer}`.isWellFormed()).toBe(true)
            expect(/\p{M}|\u200d/u.test(original?.answer.charAt(answer.length) ?? '') && answer !== '…').toBe(false)
          }
          // Only the ellipsis of a cut answer may exceed the budget.
          expect(tokensOf(turns)).toBeLessThanOrEqual(budget + 1)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('C1: counts the tokens of a long text a bounded number of times', () => {
    let calls = 0
    trim([turn('Q?', 'x'.repeat(200_000))], 2_000, (text) => {
      calls += 1
      return estimateTokens(text)
    })
    expect(calls).toBeLessThan(30)
  })
})
