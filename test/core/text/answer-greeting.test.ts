import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerGreeting, isGreeting } from '../../../src/core/text/answer-greeting.ts'
import { GREETING_KINDS, GREETINGS } from '../../../src/core/text/greeting-table.ts'

const NOTHING = { questions: [] }
const reply = (text: string, before: Parameters<typeof answerGreeting>[2] = NOTHING) =>
  answerGreeting(text, GREETINGS, before)
const replyOf = (language: string, kind: (typeof GREETING_KINDS)[number]) => GREETINGS[language]?.[kind]?.reply

describe('answerGreeting', () => {
  it.each([
    ['hi', 'en', 'hello'],
    ['Hello!', 'en', 'hello'],
    ['Hi there 👋', 'en', 'hello'],
    ['Good morning, how are you?', 'en', 'hello'],
    ['thanks', 'en', 'thanks'],
    ['OK, thank you so much!!', 'en', 'thanks'],
    ['Thanks, bye', 'en', 'goodbye'],
    ['ok', 'en', 'agreement'],
    ['谢谢', 'zh', 'thanks'],
    ['好的，谢谢！', 'zh', 'thanks'],
    ['你好', 'zh', 'hello'],
    ['Danke schön', 'de', 'thanks'],
    ['Grüß Gott', 'de', 'hello'],
    ['Tschüss!', 'de', 'goodbye'],
    ['¡Hola! ¿Qué tal?', 'es', 'hello'],
    ['gracias', 'es', 'thanks'],
    ['adios', 'es', 'goodbye'],
    ['Bonjour', 'fr', 'hello'],
    ['À bientôt', 'fr', 'goodbye'],
    ['مَرْحَبًا', 'ar', 'hello'],
    ['شكراً جزيلاً', 'ar', 'thanks'],
    ['Ευχαριστώ πολύ', 'el', 'thanks'],
    ['नमस्ते', 'hi', 'hello'],
    ['धन्यवाद!', 'hi', 'thanks'],
    ['Спасибо большое', 'ru', 'thanks'],
    ['ПРИВЕТ', 'ru', 'hello'],
    ['ขอบคุณครับ', 'th', 'thanks'],
    ['TEŞEKKÜRLER', 'tr', 'thanks'],
    ['İyi geceler', 'tr', 'goodbye'],
    ['Cảm ơn bạn', 'vi', 'thanks'],
    ['ありがとうございます', 'ja', 'thanks'],
    ['こんにちは', 'ja', 'hello'],
    ['감사합니다', 'ko', 'thanks'],
    ['안녕하세요', 'ko', 'hello'],
  ] as const)('B20: %j gets the reply of its language and kind', (text, language, kind) => {
    expect(reply(text)).toBe(replyOf(language, kind))
  })

  it.each([
    'hi, how do I install it?',
    'thanks, and what about Sundays?',
    'thanks for what?',
    'Who says "hello"?',
    'What does "ok" mean?',
    'yes',
    'no',
    'how are refunds paid?',
    '谢谢，那周日呢？',
    '你好吗在哪里安装',
    'thisok',
    'hi5',
    '?',
    '👍',
    'ok '.repeat(60),
  ])('B20: %j is not a greeting', (text) => {
    expect(reply(text)).toBeUndefined()
  })

  it.each(
    Object.entries(GREETINGS).flatMap(([language, kinds]) =>
      Object.entries(kinds).map(([kind, greeting]) => [language, kind, greeting] as const),
    ),
  )('B20: knows every phrase of its table (%s, %s)', (_language, _kind, { phrases = [] }) => {
    expect(phrases.filter((phrase) => !isGreeting(phrase, GREETINGS))).toEqual([])
  })

  it('B20: has all kinds in the languages of XQuAD, Japanese and Korean', () => {
    for (const language of ['ar', 'de', 'el', 'en', 'es', 'hi', 'ru', 'th', 'tr', 'vi', 'zh', 'ja', 'ko'])
      for (const kind of GREETING_KINDS) expect(replyOf(language, kind)).toMatch(/\p{L}/u)
  })

  it('B20: answers a word of several languages in the language of the conversation', () => {
    expect(reply('ok', { questions: ['Wie lange ist die Bibliothek am Sonntag geöffnet?'] })).toBe(
      replyOf('de', 'agreement'),
    )
    expect(reply('merci')).toBe(replyOf('de', 'thanks'))
    expect(reply('merci', { questions: ['Quelle est la durée de la garantie ?'] })).toBe(replyOf('fr', 'thanks'))
  })

  it('B20: leaves "ok" to the model when its answer has asked something', () => {
    expect(reply('ok', { questions: [], answer: 'Shall I list the steps?' })).toBeUndefined()
    expect(reply('好的', { questions: [], answer: '需要我列出步骤吗？' })).toBeUndefined()
    expect(reply('ok, thanks', { questions: [], answer: 'Shall I list the steps?' })).toBe(replyOf('en', 'thanks'))
  })

  it('B20: knows every phrase behind any other, in any case and with any punctuation', () => {
    const phrases = Object.values(GREETINGS).flatMap((kinds) =>
      GREETING_KINDS.flatMap((kind) => kinds[kind]?.phrases ?? []),
    )
    const phrase = fc.constantFrom(...phrases)
    const shown = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => text.toUpperCase(),
      (text) => text.normalize('NFD'),
      (text) => text.replace('s', 'ſ'),
    )
    const separator = fc.constantFrom(' ', ', ', '. ', ' – ', '\n', ' 👋 ', '! ')
    const end = fc.constantFrom('', '.', '!!', ' …', ' 👋', '\n', '?')
    fc.assert(
      fc.property(phrase, phrase, separator, end, shown, (first, second, between, after, show) => {
        const text = `${first}${between}${show(second)}${after}`
        fc.pre(text.length <= 100)
        expect(isGreeting(text, GREETINGS)).toBe(true)
      }),
    )
  })

  it('B20: takes linear time for a message of 1 MB', () => {
    for (const text of ['a'.repeat(2 ** 20), 'ok '.repeat(2 ** 18), '\u0301'.repeat(2 ** 20)])
      expect(reply(text)).toBeUndefined()
  })
})
