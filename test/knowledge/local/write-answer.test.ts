import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMarkerScanner } from '../../../src/core/text/markers/marker-scanner.ts'
import { quotableSentences } from '../../../src/knowledge/local/quotable-sentences.ts'
import { writeAnswer } from '../../../src/knowledge/local/write-answer.ts'
import { markdownText } from '../markdown-text.ts'

function write(...texts: readonly string[]): string {
  return [
    ...writeAnswer(
      'Why?',
      texts.map((text, index) => ({ number: index + 1, text })),
    ),
  ].join('')
}

describe('writeAnswer', () => {
  it('puts each citation after its sentence', () => {
    expect(write('One.', 'Two.')).toBe('One. [1] Two. [2]')
  })

  it('ends the line after a quote without a full stop', () => {
    expect(write('Sizes: S, M', 'Two `b.`', '三', '四。')).toBe('Sizes: S, M [1]\nTwo `b.` [2]三[3]\n四。[4]')
  })

  it('shows a list with a citation behind each sentence, and code as it is', () => {
    const items = [
      { mark: '1.', sentences: ['Open.', 'Wait.'] },
      { mark: '2.', sentences: ['Close'] },
    ]
    const code = '```sh\nrm rows[1]\n```'
    const quotes = [
      { number: 1, text: 'Steps:', items },
      { number: 2, text: 'Run:', code },
      { number: 2, text: 'Done.' },
    ]
    expect([...writeAnswer('How?', quotes)].join('')).toBe(
      `Steps: [1]\n1. Open. [1] Wait. [1]\n2. Close [1]\n\nRun: [2]\n\n${code}\n\nDone. [2]`,
    )
  })

  it('puts no space between Chinese and a citation', () => {
    expect(write('第一句。', '“第二句。”')).toBe('第一句。[1]“第二句。”[2]')
  })

  it('prevents a citation from becoming a link', () => {
    expect(write('第一句。', '(note) Two.')).toBe('第一句。[1] (note) Two. [2]')
  })

  it('returns the answer word by word, and each citation as one piece', () => {
    const quotes = [{ number: 12, text: 'One, two: “three”.' }]
    expect([...writeAnswer('Why?', quotes)]).toEqual(['One, ', 'two: “', 'three”.', ' [12]'])
  })

  it('joins the lines of a sentence', () => {
    expect(write('One\n  two\r\n> three.')).toBe('One two three. [1]')
    expect(write('第一\n句。')).toBe('第一句。[1]')
  })

  it('replaces brackets that would read as a citation with parentheses', () => {
    expect(write('As shown [1], [2, 3] and [4-6].')).toBe('As shown (1), (2, 3) and (4-6). [1]')
    expect(write('如【1】和［2］所示。')).toBe('如(1)和(2)所示。[1]')
  })

  it('does not change the brackets of code', () => {
    const text = 'Read `rows[1]` and ``a`[2]`` and [all].'
    expect(write(text)).toBe(`${text} [1]`)
  })

  it('reports in the language of the question that nothing was found', () => {
    const say = (question: string) => [...writeAnswer(question, [])].join('')
    expect(say('Why?')).toBe('I found no sentence in the sources that answers this.')
    expect(say('为什么？')).toBe('在资料来源中没有找到能回答这个问题的句子。')
    expect(say('鍵はどこですか')).toBe('情報源の中に、この質問に答える文は見つかりませんでした。')
  })

  it('contains the whole text of every sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const words = (value: string) => value.replace(/[\s>]+/gu, '').replace(/[[\]［］【】()]/gu, '')
        expect(words(write(text))).toBe(words(`${text}[1]`))
      }),
    )
  })

  it('contains exactly its own citations for the marker scanner, for any sources', () => {
    fc.assert(
      fc.property(fc.array(markdownText, { minLength: 1, maxLength: 3 }), (texts) => {
        const sentences = texts.flatMap((text) => quotableSentences(text))
        const quotes = sentences.map(({ text }, index) => ({ number: index + 1, text }))
        const scanner = createMarkerScanner()
        const pieces = [...writeAnswer('Why?', quotes)].flatMap((text) => scanner.push(text)).concat(scanner.end())
        const numbers = pieces.flatMap((piece) => (piece.kind === 'marker' ? piece.numbers : []))
        expect(numbers).toEqual(quotes.map(({ number }) => number))
      }),
      { numRuns: 300 },
    )
  })
})
