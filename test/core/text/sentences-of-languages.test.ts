import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSentences } from '../../../src/core/text/split-sentences.ts'
import { cpuMs } from '../../support/cpu-ms.ts'

/** Texts, each as the list of its sentences. */
const TEXTS: readonly (readonly string[])[] = [
  // English
  ['Hello World. ', 'My name is Jonas.'],
  ['What is your name? ', 'My name is Jonas.'],
  ['Mr. Smith met Mrs. Jones at 3 p.m. and left. ', 'She stayed.'],
  ['The U.S. law of 1990 holds. ', 'It is old.'],
  ['He lives in the U.S. ', 'The law is old.'],
  ['J. R. R. Tolkien and C. S. Lewis were friends. ', 'Both wrote.'],
  ['Vitamin C. ', 'It is sour.'],
  ['It costs $3.50, see version 1.2.3 and Node.js 22.1. ', 'Then stop.'],
  ['See No. 5 and pp. 3 of Vol. II. ', 'Done.'],
  ['The answer is no. ', 'Then stop.'],
  ['He changed his mind. ', 'Turn it on. ', 'Press Max. ', 'Open the tab. ', 'Stop.'],
  ['Use e.g. Postgres, i.e. SQL, vs. Redis etc. ', 'That is all.'],
  ['Well... maybe not. ', 'He left... ', 'She stayed.'],
  ['Cats sleep… ', 'Dogs bark… and howl. ', 'End.'],
  ['first do this. ', 'then do that. ', 'finally stop.'],
  ['run `npm i` first. ', 'then call it. ', 'it takes approx. five minutes. ', 'done'],
  ['It is npm. pnpm is another.'],
  ['He left. ', '(She stayed.) ', '"Why?" he asked. ', '[Nobody] knew.'],
  ['See https://a.example/x?y=1.html&z=Q.E. ', 'Then stop.'],
  ['Ask https://a.example/?Who=A!B. ', 'Then go to www.example.com/a.Html. ', 'End.'],
  ['Read [Is it true? Yes. It is.](https://a.example/?a. "B? C. D") first. ', 'Then stop.'],
  ['Read [a.b](x.md#y.Z). ', 'Then stop.'],
  ['He said no.Then he left.'],
  ['It is so.[1] ', 'It is not.[2][3] ', 'Or is it?[4] ', 'End.'],
  ['A cell<br>', 'Another one.<br/>', 'End'],
  // German
  ['Am 1. Oktober 1990 kam er. ', 'Dann ging er.'],
  ['Der 3. Oktober ist ein Feiertag, der 19. Mai nicht. ', 'Im 20. Jahrhundert war das anders. ', 'Ende.'],
  ['Das gilt z. B. Kindern, d. h. Personen unter 14, u. a. Schülern. ', 'Das ist alles.'],
  ['Nach § 5 Abs. 3 BGB, Nr. 5 und Art. 7 GG bzw. Satz 2 gilt das. ', 'Ende.'],
  ['Es sind ca. 50 Äpfel, Birnen usw. ', 'Kirschen fehlen.'],
  ['Äpfel, Birnen usw. und Kirschen. ', 'Ende.'],
  ['Er wurde 44 v. Chr. Konsul. ', 'Dann starb er.'],
  ['Prof. Dr. Müller wohnt in der Hauptstr. 5. ', 'Sie forscht.'],
  ['Sie war 2. und er 3. in der 1. Liga. ', 'Das war 1990. ', 'Dann kam er.'],
  ['Vgl. Abb. 3 und Kap. Zwei. ', 'Siehe dort.'],
  ['„Komm!“, rief er. ', '„Warum?“ ', 'Sie ging.'],
  // French, Spanish, Portuguese, Italian
  ['M. Dupont et Mme Martin sont là. ', 'Ils parlent.'],
  ['Voir p. ex. Paris, chap. Deux. ', 'C’est tout.'],
  ['« Où est-il ? » ', 'Il est parti.'],
  ['El Sr. García y la Sra. López viven en EE. UU. ', 'El niño duerme.'],
  ['¿Qué hora es? ', 'Son las tres. ', '¡Adiós!'],
  ['Véase la pág. 5 y el art. 3 de la ley. ', 'Fin.'],
  ['Il Sig. Rossi e il dott. Bianchi sono qui. ', 'Pane, vino ecc. ', 'Fine.'],
  // Turkish, Russian
  ['Prof. Dr. Ayşe geldi, bkz. Bölüm 2. ', 'Elma, armut vb. ', 'Bu son.'],
  ['20. Yüzyıl uzundu. ', 'Savaş bitti.'],
  ['Он родился в 1990 г. ', 'Она тоже.'],
  ['См. рис. Пять и стр. 3, т. е. Москва. ', 'Это всё.'],
  // Chinese, Japanese, Korean
  ['他写了书。', '《红楼梦》很长。', '“好的。”', '他走了。'],
  ['真的吗？', '（笑）他走了！', '「はい。」', '次へ。'],
  ['我……我不知道。', '版本3.5很好。', '见https://a.example/路径。', '好。'],
  ['句子。[1]', '下一句。【2】', '完。'],
  ['그는 갔다. ', '그녀는 왔다. ', '끝.'],
  // Arabic, Urdu, Hindi
  ['هل أنت هنا؟ ', 'نعم. ', 'هذا كل شيء.'],
  ['وہ گیا۔ ', 'وہ آئی۔'],
  ['वह गया। ', 'वह आई। ', 'अंत।'],
]

describe('splitSentences of languages', () => {
  it.each(TEXTS.map((sentences) => [sentences.join(''), sentences] as const))(
    'B15: finds the sentences of %j',
    (text, sentences) => {
      expect(splitSentences(text)).toEqual(sentences)
    },
  )

  it('B15: keeps a fence of code whole, also in a text that begins or ends inside of one', () => {
    const fence = '```ts\na. B\n\n// Why? Yes.\n\nc()\n```\n'
    expect(splitSentences(`Call it:\n${fence}Then stop. The end.`)).toEqual([
      'Call it:\n',
      fence,
      'Then stop. ',
      'The end.',
    ])
    const tail = 'a. B\n\n// Why? Yes.\n```\n'
    expect(splitSentences(`${tail}Then stop. The end.`)).toEqual([tail, 'Then stop. ', 'The end.'])
    expect(splitSentences(`${tail}Then stop.\n${fence}`)).toEqual([tail, 'Then stop.\n', fence])
    expect(splitSentences(`One. Two.\n~~~js\na. B\n\nc. D`)).toEqual(['One. ', 'Two.\n', '~~~js\na. B\n\nc. D'])
    expect(splitSentences('One. Call it:\n```\na. B\n\nc. D')).toEqual(['One. ', 'Call it:\n', '```\na. B\n\nc. D'])
  })

  it('B15: cuts long Thai text at blanks', () => {
    const part = 'แมวนอนหลับวันละสิบหกชั่วโมงและสุนัขนอนหลับวันละสิบสองชั่วโมง '
    const sentences = splitSentences(part.repeat(12))
    expect(sentences.join('')).toBe(part.repeat(12))
    expect(Math.max(...sentences.map(({ length }) => length))).toBeLessThan(300)
  })

  it('B15: joins to the text, for any text', () => {
    const unit = fc.constantFrom(
      ...'.?!…。؟।aAбБ猫ก1“”"《(（)[]<`*\n '.split(''),
      '```',
      '<br>',
      'z. B. ',
      'https://',
      '](',
      '[1]',
      '1. ',
      'Mr. ',
      '\ud800',
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const sentences = splitSentences(text)
        expect(sentences.join('')).toBe(text)
        expect(sentences.every((sentence) => sentence !== '')).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    'a',
    '. ',
    'a. ',
    'A. ',
    '[',
    '[a',
    '](',
    '```\n',
    '…',
    '“',
    '。《',
    'https://.',
    'ก ',
    '\u0301',
    ' ',
    '`',
    '1. ',
    '(',
    '<br>',
    '[^',
    'א. A. ',
  ])(
    'B15: takes linear time for a megabyte of %j',
    async (unit) => {
      const text = unit.repeat(2 ** 20 / unit.length)
      const spentMs = await cpuMs(() => expect(splitSentences(text).join('')).toHaveLength(text.length))
      expect(spentMs).toBeLessThan(6_000)
    },
    20_000,
  )
})
