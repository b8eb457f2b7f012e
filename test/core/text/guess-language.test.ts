import { expect, it } from 'vitest'
import { guessLanguage } from '../../../src/core/text/guess-language.ts'

it.each([
  ['en', 'When was the lighthouse built, and who built it?'],
  ['en', 'Should I bag my recycles if it rains?'],
  ['en', 'How do I delete it?'],
  ['en', 'I cannot get a select query to work.'],
  ['pl', 'Jak mogę to usunąć?'],
  ['de', 'Wie kann ich mein Konto löschen?'],
  ['de', 'Wann wurde der Leuchtturm gebaut und von wem?'],
  ['fr', 'Quand est-ce que le phare a été construit, et par qui ?'],
  ['es', '¿Cuándo se construyó el faro y quién lo hizo?'],
  ['tr', 'Deniz feneri ne zaman ve kim tarafından yapıldı?'],
  ['zh', '我们使用 React 和 TypeScript 吗？'],
  ['ja', '灯台はいつ建てられましたか'],
  ['ko', '등대는 언제 지어졌습니까?'],
  ['ar', 'متى بنيت المنارة؟'],
])('guessLanguage returns %s for a question in it', (language, question) => {
  expect(guessLanguage(question)).toBe(language)
})

it.each(['', '42', 'ragwire', '👋', '\u0301'])('guessLanguage returns undefined for %j', (text) => {
  expect(guessLanguage(text)).toBeUndefined()
})

it('guessLanguage takes the initials of names for no words', () => {
  const names = Array.from('AEOIYWZ', (initial) => `Hon. Curtis ${initial}. Harper, Dept. ${initial}.`).join('\n')
  expect(guessLanguage(names)).toBeUndefined()
})
