import { describe, expect, it } from 'vitest'
import { readHandbook, readTalks, type Talk } from './held-out.ts'

// `run`: so many characters in a row count as copied. A character of Chinese, Japanese or Korean carries more.
const HANDBOOKS = [
  { language: 'ko', passages: 30, questions: 60, run: 10 },
  { language: 'ja', passages: 30, questions: 60, run: 10 },
  { language: 'zh', passages: 16, questions: 20, run: 10 },
  { language: 'en', passages: 16, questions: 20, run: 15 },
  { language: 'de', passages: 16, questions: 20, run: 15 },
] as const

describe.each(HANDBOOKS)('readHandbook($language)', ({ language, passages, questions, run }) => {
  const set = readHandbook(language)
  const textOf = new Map(set.documents.map(({ documentId, text }) => [documentId, text]))

  it('returns all passages and questions', () => {
    expect(set.language).toBe(language)
    expect(textOf.size).toBe(passages)
    expect(set.documents).toHaveLength(passages)
    expect(new Set(set.questions.map(({ question }) => question)).size).toBe(questions)
    expect(set.questions).toHaveLength(questions)
  })

  it('has at least one question about every passage, and no question about a missing one', () => {
    expect(new Set(set.questions.map(({ documentId }) => documentId))).toEqual(new Set(textOf.keys()))
  })

  it(`has no question that shares ${run} characters in a row with its passage`, () => {
    const copied = set.questions.filter(({ question, documentId }) =>
      sharesRun(question, textOf.get(documentId) ?? '', run),
    )
    expect(copied).toEqual([])
  })
})

describe('readTalks', () => {
  const talks = readTalks()
  const answered = talks.filter(({ expects }) => 'passage' in expects)

  it('returns 40 talks: 24 to be answered, ten of them after two vague turns or more, and 16 to be refused', () => {
    expect(new Set(talks.map(({ id }) => id)).size).toBe(40)
    expect(talks).toHaveLength(40)
    expect(answered).toHaveLength(24)
    expect(answered.filter(({ turns }) => turns.length >= 4)).toHaveLength(10)
  })

  it('has 20 English, 12 Chinese and 8 German talks, each about the handbook of its language', () => {
    const count = (language: string): number => talks.filter((talk) => talk.language === language).length
    expect([count('en'), count('zh'), count('de')]).toEqual([20, 12, 8])
    expect(talks.filter(({ documents, language }) => documents !== `handbook-${language}`)).toEqual([])
  })

  it('names only existing passages', () => {
    const ids = (language: Talk['language']): readonly string[] =>
      readHandbook(language).documents.map(({ documentId }) => documentId)
    const missing = talks.filter(
      ({ language, expects }) => 'passage' in expects && !ids(language).includes(expects.passage),
    )
    expect(missing).toEqual([])
  })
})

function sharesRun(question: string, passage: string, length: number): boolean {
  const [a, b] = [question.toLowerCase(), passage.toLowerCase()]
  return Array.from({ length: Math.max(0, a.length - length + 1) }, (_, start) => a.slice(start, start + length)).some(
    (part) => b.includes(part),
  )
}
