import { describe, expect, it } from 'vitest'
import { leansOnContext } from '../../../src/knowledge/local/leans-on-context.ts'

describe('leansOnContext', () => {
  it.each([
    'Why?',
    'And on Sundays?',
    'And for children?',
    'What about the smaller one?',
    'How much?',
    'For how long?',
    'How much does it cost?',
    'Can they be returned later?',
    'Is that allowed?',
    'Prices?',
    'What else?',
    '为什么？',
    '那周日呢？',
    '它多少钱？',
    'Und am Sonntag?',
    'Warum?',
    'Wie lange dauert es?',
    'Et le dimanche ?',
    '¿Y los domingos?',
    '¿Por qué?',
    'Peki ya pazar günleri?',
    'А по воскресеньям?',
    'وماذا عن يوم الأحد؟',
    '日曜日は？',
    '일요일은요?',
    'और रविवार को?',
    'Còn chủ nhật?',
  ])('B10: %j continues the conversation', (question) => {
    expect(leansOnContext(question)).toBe(true)
  })

  it.each([
    'Who won the World Cup?',
    'And who won the football World Cup in Brazil in 2014?',
    'How do I bake a loaf of rye bread?',
    'What is the capital of France?',
    'Wer hat den Faust geschrieben?',
    'Kann ich hier Theaterkarten kaufen?',
    '¿Cuál es el río más largo?',
    'Which painter lived on Tahiti?',
    'Tell me a joke about cats and dogs',
    'When does the library open on Sundays?',
    'Wer hat die Weltmeisterschaft 2014 gewonnen?',
    '世界杯冠军是哪个国家？',
    'Quelle est la capitale de la France ?',
    '¿Quién ganó el Mundial de fútbol en 2010?',
    'Dünya Kupasını hangi ülke kazandı acaba geçen yıl?',
  ])('B10: %j is complete', (question) => {
    expect(leansOnContext(question)).toBe(false)
  })

  it('B10: takes linear time for a text of 1 MB', () => {
    for (const text of ['a'.repeat(2 ** 20), '呢'.repeat(2 ** 20), ' '.repeat(2 ** 20), '\u0301'.repeat(2 ** 20)])
      expect(leansOnContext(text)).toEqual(expect.any(Boolean))
  })
})
