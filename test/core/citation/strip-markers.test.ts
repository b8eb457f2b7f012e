import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RetrieveAndAnswerOptions } from '../../../src/index.ts'
import { cutAnyhow, cutsInTwo } from '../../support/cuts.ts'
import { createAnswerWriter } from '../../../src/core/citation/answer-writer.ts'
import { askModel, doneOf, FINISH } from '../ask.ts'

/** Texts of a model and the stripped answer; a bar shows the position of each citation. */
const ANSWERS: readonly (readonly [string, string])[] = [
  ['Cats sleep 16 hours [1].', 'Cats sleep 16 hours|.'],
  ['Cats sleep 16 hours. [1] Dogs bark.', 'Cats sleep 16 hours.| Dogs bark.'],
  ['Cats sleep 16 hours ([1]).', 'Cats sleep 16 hours|.'],
  ['Cats sleep 16 hours ([1], [2]).', 'Cats sleep 16 hours||.'],
  ['Cats sleep 16 hours ([1] , [2]) a day.', 'Cats sleep 16 hours|| a day.'],
  ['Cats sleep [1], [2].', 'Cats sleep||.'],
  ['Cats sleep [1] and [2].', 'Cats sleep||.'],
  ['Cats sleep [1][2][7].', 'Cats sleep||.'],
  ['Cats sleep [1], and dogs bark [2]!', 'Cats sleep|, and dogs bark|!'],
  ['Cats [1] sleep.', 'Cats| sleep.'],
  ['Cats [7] sleep [7].', 'Cats sleep.'],
  ['Cats sleep [1, 7].', 'Cats sleep|.'],
  ['[1] Cats sleep.\n[2] Dogs bark.', '|Cats sleep.\n|Dogs bark.'],
  ['- Cats sleep [1]\n- Dogs bark [2]\n', '- Cats sleep|\n- Dogs bark|\n'],
  ['- [1] Cats sleep', '-| Cats sleep'],
  ['Cats sleep **[1]**.', 'Cats sleep|.'],
  ['Cats sleep<sup>[1]</sup>.', 'Cats sleep|.'],
  ['Cats sleep <sup>[1]</sup> well.', 'Cats sleep| well.'],
  ['Cats (see [1]) sleep.', 'Cats (see|) sleep.'],
  ['Cats ([1]; see Smith) sleep.', 'Cats| (see Smith) sleep.'],
  ['Use it [1] .NET is fine.', 'Use it| .NET is fine.'],
  ['Cats sleep [1]', 'Cats sleep|'],
  ['Cats sleep [1] ', 'Cats sleep|'],
  ['Cats sleep ([1]', 'Cats sleep|'],
  ['猫睡觉[1]，狗叫【2】。', '猫睡觉|，狗叫|。'],
  ['猫睡觉（[1]、[2]）。', '猫睡觉||。'],
  ['猫睡觉[1]和[2]。', '猫睡觉||。'],
  ['Nothing ( is ) <su **removed** here  .', 'Nothing ( is ) <su **removed** here  .'],
]

async function strip(deltas: readonly string[], changes: Partial<RetrieveAndAnswerOptions> = {}): Promise<string> {
  const { answer, citations } = doneOf(await askModel([...deltas, FINISH], { markers: 'strip', ...changes }))
  let shown = answer
  for (const { start, end } of citations.toReversed()) {
    expect(end).toBe(start)
    shown = `${shown.slice(0, start)}|${shown.slice(start)}`
  }
  return shown
}

/** The same without a run: returns the text, and the citations in it. */
async function write(deltas: readonly string[]): Promise<string> {
  let answer = ''
  let text = ''
  const writer = createAnswerWriter({
    markers: 'strip',
    sourceOf: (number) =>
      number > 2 ? undefined : { number, sourceId: '', documentId: '', chunkId: '', title: '', text: '', metadata: {} },
    textOf: (start, end) => text.slice(start, end),
    emit(event) {
      if (event.type === 'token') {
        answer += event.delta
        text += event.delta
      }
      if (event.type === 'citation') answer += '|'
      return undefined
    },
    onClaim: () => undefined,
  })
  for (const delta of deltas) await writer.write(delta)
  await writer.end()
  return answer
}

describe("markers: 'strip'", () => {
  it.each(ANSWERS)('B19: cleans the text of %j', async (text, stripped) => {
    expect(await strip([text])).toBe(stripped)
  })

  it('B19: gives the same text and positions for every cut', async () => {
    for (const [text, stripped] of ANSWERS) {
      for (const cut of [...cutsInTwo(text), text.split('')]) {
        const deltas = cut.filter((delta) => delta !== '')
        expect(await write(deltas), JSON.stringify(cut)).toBe(stripped)
      }
    }
  })

  it('B19: gives the same text for every cut of any text', async () => {
    const part = fc.constantFrom(
      '[1]',
      '[2]',
      '[7]',
      '[1, 2]',
      ' ',
      '  ',
      '(',
      ')',
      ', ',
      ';',
      '.',
      ' and ',
      'an',
      '*',
      '**',
      '<sup>',
      '</sup>',
      '<s',
      '\n',
      'Cats',
      '猫',
      '和',
      '、',
      '（',
      '）',
      '`',
      ':',
    )
    const texts = fc.array(part, { maxLength: 14 }).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(texts.chain(cutAnyhow), async (deltas) => {
        const whole = await write([deltas.join('')])
        expect(await write(deltas)).toBe(whole)
      }),
      { numRuns: 5_000 },
    )
  })

  it.each([' ', '(', ' [1]', '*', '<sup>', '[1], '])('B19: takes linear time for a long text of %j', async (unit) => {
    const text = unit.repeat(100_000 / unit.length)
    expect(await write(text.match(/[^]{1,7}/gu) ?? [])).toBe(await write([text]))
  })
})
