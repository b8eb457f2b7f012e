import { describe, expect, it } from 'vitest'
import { collectChat, streamChat } from '../../../src/index.ts'
import { extractiveChatModel, localRetriever } from '../../../src/local.ts'

async function ask(texts: readonly string[], question: string) {
  const retriever = localRetriever(texts.map((text, index) => ({ documentId: `${index}`, text })))
  const model = extractiveChatModel({ wordsPerSecond: Infinity })
  return collectChat(streamChat({ question, retriever, model }))
}

const FACT = 'Every employee has 30 days of paid vacation per year.'

/** Texts of one topic that do not answer the question. */
const OTHERS = [
  'Vacation is requested in the portal at least two weeks ahead.',
  'Vacation that is left at the end of March expires.',
  'A manager approves a vacation within three working days.',
  'Days of sickness during a vacation are given back.',
  'Parents choose their vacation before the other employees.',
]

describe('the evidence of a small corpus about one topic', () => {
  it.each([1, 2, 6, 30, 100, 300])(
    'B26: answers how many days of vacation there are, in %i texts on vacation',
    async (size) => {
      const texts = [FACT, ...Array.from({ length: size - 1 }, (_, index) => `${OTHERS[index % 5]} (Rule ${index}.)`)]
      for (const question of ['How many days of vacation do I get?', 'How much vacation do employees have per year?']) {
        const { finishReason, answer } = await ask(texts, question)
        expect([finishReason, answer]).toEqual(['stop', expect.stringContaining('30 days of paid vacation')])
      }
    },
  )

  it.each([
    [
      'de',
      'Jeder Mitarbeiter hat 30 Tage bezahlten Urlaub im Jahr.',
      'Urlaub wird im Portal beantragt.',
      'Wie viele Tage Urlaub habe ich im Jahr?',
    ],
    ['zh', '每位员工每年有30天带薪假期。', '假期须在门户网站上申请。', '每年有多少天假期？'],
    [
      'tr',
      'Her çalışanın yılda 30 gün ücretli izin hakkı vardır.',
      'İzin talepleri portaldan yapılır.',
      'Yılda kaç gün izin var?',
    ],
    ['ar', 'لكل موظف 30 يوم إجازة مدفوعة في السنة.', 'تطلب الإجازة من البوابة.', 'كم يوم إجازة في السنة؟'],
  ])('B26: answers it in %s among 1, 2 and 60 texts', async (_language, fact, other, question) => {
    for (const size of [0, 1, 59]) {
      const texts = [fact, ...Array.from({ length: size }, (_, index) => `${other} (${index})`)]
      const { finishReason, sources } = await ask(texts, question)
      expect([finishReason, sources[0]?.documentId]).toEqual(['stop', '0'])
    }
  })

  it.each(['Who won the World Cup?', 'How do I bake bread?', 'What is the capital of France?'])(
    'B26: refuses %j in every one of these corpora',
    async (question) => {
      for (const size of [1, 6, 100]) {
        const texts = [FACT, ...Array.from({ length: size - 1 }, (_, index) => `${OTHERS[index % 5]} (Rule ${index}.)`)]
        expect((await ask(texts, question)).finishReason).toBe('no-evidence')
      }
    },
  )
})

describe('a question whose only word is in every document', () => {
  it.each([1, 2, 20, 200])('B24: finds its definition among %i documents', async (size) => {
    const others = Array.from(
      { length: size - 1 },
      (_, index) => `Part ${index} of the guide shows how tidemark handles case ${index}.`,
    )
    const { finishReason, answer } = await ask(
      [...others, 'Tidemark is a library that counts the tides.'],
      'What is tidemark?',
    )
    expect([finishReason, answer]).toEqual([
      'stop',
      expect.stringContaining('Tidemark is a library that counts the tides.'),
    ])
  })
})

describe('the evidence in languages whose words take many forms', () => {
  it.each([
    [
      'tr',
      'Kütüphane hafta içi saat dokuzda açılır ve akşam altıda kapanır. Kitaplar üç haftalığına ödünç verilir.',
      'Kitapları kaç haftalığına ödünç alabilirim?',
    ],
    [
      'de',
      'Die Bibliothek öffnet werktags um neun Uhr und schließt um achtzehn Uhr. Bücher werden für drei Wochen verliehen.',
      'Für wie viele Wochen kann ich ein Buch ausleihen?',
    ],
    ['ar', 'تفتح المكتبة أبوابها في الساعة التاسعة صباحا. تعار الكتب لمدة ثلاثة أسابيع.', 'كم أسبوعا تعار كتب المكتبة؟'],
    [
      'ru',
      'Библиотека открывается в девять часов утра. Книги выдаются на три недели, и это для всех.',
      'На сколько недель можно взять книгу в библиотеке?',
    ],
    [
      'es',
      'La biblioteca abre a las nueve de la mañana. Los libros se prestan por tres semanas.',
      '¿Por cuántas semanas puedo pedir prestado un libro?',
    ],
  ])('B13: answers a question in %s whose words have other endings', async (_language, text, question) => {
    const others = [text.split('.')[0] ?? '', '1 2 3']
    expect((await ask([text, ...others], question)).finishReason).toBe('stop')
  })
})
