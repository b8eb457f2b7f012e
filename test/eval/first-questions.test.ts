import { beforeAll, describe, expect, it } from 'vitest'
import { askFirstQuestions, askHeldOutQuestions, type AskedQuestion } from './first-questions.ts'

let own: readonly AskedQuestion[] = []
let others: readonly AskedQuestion[] = []

beforeAll(async () => {
  own = await askFirstQuestions()
  others = await askHeldOutQuestions()
}, 60_000)

const wrong = (asked: readonly AskedQuestion[]) =>
  asked.filter(({ isRight }) => !isRight).map(({ question }) => question)

describe('an index without a key', () => {
  it('answers at least 17 of 20 first questions about this project', () => {
    expect(own).toHaveLength(20)
    expect(wrong(own).length, wrong(own).join(' ')).toBeLessThanOrEqual(3)
  })

  it('answers at least 17 of 20 questions about documents to which nothing was adjusted', () => {
    expect(others).toHaveLength(20)
    expect(wrong(others).length, wrong(others).join(' ')).toBeLessThanOrEqual(3)
  })

  it('refuses in the language of the question', () => {
    const refusals = own.filter(({ from }) => from === undefined).map(({ result }) => result.answer)
    expect(refusals).toEqual([
      'I found nothing about this in the documents, so I cannot answer it.',
      '在文档中没有找到相关内容，因此我无法回答这个问题。',
    ])
  })

  it('shows plain text, and cites a passage of each source by its exact place', () => {
    for (const { question, result } of [...own, ...others]) {
      const { answer, citations, sources } = result
      const prose = answer.replace(/^```[^]*?^```$/gmu, '').replace(/`[^`]*`/gu, '')
      expect(prose, question).not.toMatch(/\]\(|<!--|\*\*|^#/mu)
      for (const { number, start, end, support, passage } of citations) {
        expect(answer.slice(start, end), question).toBe(`[${number}]`)
        expect(support, question).toBe('supported')
        const text = sources.find((source) => source.number === number)?.text ?? ''
        const quoted = text.slice(passage?.start, passage?.end)
        expect(quoted, question).not.toBe('')
        expect(quoted, question).toBe(quoted.trim())
      }
    }
  })
})
