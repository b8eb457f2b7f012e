import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectReport, createKnowledge, memoryKnowledgeStore } from '../../../src/knowledge.ts'
import { localRetriever } from '../../../src/local.ts'
import { languageOf, loadLanguage } from '../../../src/knowledge/text/languages/language.ts'
import { tokenize, weighTerms } from '../../../src/knowledge/text/tokenize.ts'
import { cpuMs } from '../../support/cpu-ms.ts'

const { signal } = new AbortController()

/** Returns the first text that a query finds among texts, which are documents of their own. */
async function firstOf(texts: readonly string[], query: string): Promise<string | undefined> {
  const retriever = localRetriever(texts.map((text, at) => ({ documentId: `d${at}`, text })))
  const [best] = await retriever.retrieve(query, { topK: 1, signal })
  return best?.chunk.text
}

const TEXTS = {
  ko: [
    '도서관에서는 책을 한 번에 다섯 권까지 빌릴 수 있습니다.',
    '수영장은 월요일마다 청소를 위해 문을 닫습니다.',
    '박물관의 입장료는 어른이 만 원입니다.',
  ],
  ja: [
    '図書館では一度に五冊まで本を借りられます。',
    'プールは毎週月曜日に清掃のため閉まります。',
    '博物館の入場料は大人が千円です。',
  ],
  de: [
    'Die Kündigungsfrist der Haftpflichtversicherungen beträgt drei Monate.',
    'Die Häuser der Altstadt wurden aus rotem Sandstein gebaut.',
    'Am Flussufer stehen viele alte Linden.',
  ],
  fr: [
    "L'assurance couvre les dégâts d'eau dans l'appartement.",
    'Les bibliothèques municipales ferment à dix-huit heures.',
    'Le marché se tient chaque samedi sur la place.',
  ],
  tr: [
    "İstanbul'daki müzelerin çoğu pazartesi günleri kapalıdır.",
    'Kütüphaneden aynı anda beş kitap ödünç alınabilir.',
    'Havuzun suyu her gece temizlenir.',
  ],
  ar: [
    'تفتح المكتبات العامة أبوابها في الساعة التاسعة.',
    'يُغلق المسبح يوم الاثنين للتنظيف.',
    'الدخول إلى المتحف مجاني للأطفال.',
  ],
  th: ['ห้องสมุดให้ยืมหนังสือได้ครั้งละห้าเล่ม', 'สระว่ายน้ำปิดทุกวันจันทร์', 'พิพิธภัณฑ์เปิดให้เข้าชมฟรี'],
  ru: [
    'Библиотеки города закрываются в шесть часов.',
    'Бассейн моют каждый понедельник.',
    'Музей бесплатен для детей.',
  ],
} as const

const QUESTIONS: readonly (readonly [keyof typeof TEXTS, string, number])[] = [
  ['ko', '도서관에서 몇 권을 빌리나요?', 0],
  ['ko', '수영장이 언제 문을 닫나요?', 1],
  ['ko', '박물관 입장료', 2],
  ['ja', '図書館で何冊の本を借りることができますか', 0],
  ['ja', 'プールが休みの曜日は？', 1],
  ['ja', '大人の入場料はいくらですか', 2],
  ['de', 'Wann kann man eine Versicherung kündigen?', 0],
  ['de', 'Aus welchem Stein ist das Haus?', 1],
  ['de', 'Welche Bäume wachsen am Ufer?', 2],
  ['fr', 'Que couvre une assurance ?', 0],
  ['fr', 'A quelle heure ferme la bibliotheque municipale ?', 1],
  ['fr', 'Quel jour ont lieu les marches ?', 2],
  ['tr', 'İstanbul müzeleri ne zaman kapalı?', 0],
  ['tr', 'Kaç kitap alabilirim?', 1],
  ['tr', 'Havuz ne zaman temizleniyor?', 2],
  ['ar', 'متى تفتح المكتبة؟', 0],
  ['ar', 'متى يغلق المسبح؟', 1],
  ['ar', 'هل دخول المتحف بالمجان؟', 2],
  ['th', 'ยืมหนังสือได้กี่เล่ม', 0],
  ['th', 'สระว่ายน้ำปิดวันไหน', 1],
  ['ru', 'Когда закрывается библиотека?', 0],
  ['ru', 'Когда моют бассейны?', 1],
]

describe('localRetriever in every language', () => {
  it.each(QUESTIONS)('B12: finds the text of a question in %s: %s', async (language, question, at) => {
    expect(await firstOf(TEXTS[language], question)).toBe(TEXTS[language][at])
  })

  it.each(QUESTIONS)('B12: finds the same among texts of all languages, in %s: %s', async (language, question, at) => {
    expect(await firstOf(Object.values(TEXTS).flat(), question)).toBe(TEXTS[language][at])
  })

  it.each([
    ['café', 'The cafe opens at nine.'],
    ['cafe', 'Das Café öffnet um neun.'],
    ['strasse', 'Diese Straße ist gesperrt.'],
    ['STRAẞE', 'Diese Strasse ist gesperrt.'],
    ['istanbul', "İSTANBUL'DA hava güneşli."],
    ['isparta', 'Isparta gülleriyle ünlüdür ve Isparta küçük bir şehir.'],
    ['ΑΘΗΝΑΣ', 'Ο δήμος της Αθήνας.'],
    ['كتاب', 'هذا كِتَابٌ جديد.'],
    ['احمد', 'وصل أحمد أمس.'],
    ['كتـــاب', 'هذا كتاب جديد.'],
    ['مدرسه', 'فتحت مدرسة جديدة.'],
    ['2024', 'افتتح عام ٢٠٢٤'],
    ['1403', 'سال ۱۴۰۳ آغاز شد'],
    ['acqua', "Il colore dell'acqua è blu."],
    ['hôpital', "Nous allons à l'hôpital."],
    ['猫', '我家有两只猫咪。'],
    ['サーバ', '新しいサーバーを買いました。'],
    ['ﾃﾞｰﾀ', 'データを保存します。'],
    ['강아지', '강아지를 산책시킵니다.'],
    ['강아지는', '우리 강아지'],
  ])('B12: finds %s in: %s', async (query, text) => {
    expect(await firstOf([text, 'Something else entirely.', '别的内容', 'شيء آخر'], query)).toBe(text)
  })
})

describe('localRetriever with identifiers', () => {
  it.each([
    ['config', 'Edit config.yaml first.'],
    ['config.yaml', 'The config is read once.'],
    ['node', 'It needs Node.js today.'],
    ['nodejs', 'It needs Node.js today.'],
    ['2.3.1', 'Since v2.3.1 it is faster.'],
    ['v2.3.1', 'Since 2.3.1 it is faster.'],
    ['get user by id', 'Call getUserById now.'],
    ['getUserById', 'Call get_user_by_id now.'],
    ['XMLHttpRequest', 'An http request as XML.'],
    ['user', 'Set MAX_USER_COUNT here.'],
    ['count', 'Set max-user-count here.'],
    ['ESP32', 'The ESP32-C6 is a chip.'],
    ['ESP32C6', 'The ESP32-C6 is a chip.'],
    ['10000', 'It holds 10,000 rows.'],
    ['10,000', 'It holds 10000 rows.'],
    ['3.5', 'Es wiegt 3,5 kg.'],
    ['wifi', 'Turn Wi-Fi on.'],
    ['Wi-Fi', 'Turn wifi on.'],
    ['email', 'Send an e-mail.'],
    ['e-mails', 'Send an email.'],
    ['C++', 'Written in C++ long ago.'],
    ['C#', 'Written in C#, later.'],
    ['nginx.conf', 'See /etc/nginx/nginx.conf for it.'],
    ['node', 'import it from node:fs'],
    ['USA', 'Made in the U.S.A. only.'],
    ['10 km', 'A run of 10km today.'],
  ])('B14: finds %s in: %s', async (query, text) => {
    expect(await firstOf(['Nothing of it.', 'Written in C long ago.', text], query)).toBe(text)
  })

  it.each([
    ['config.yaml', ['The config is a yaml file, and yaml config is text.', 'Edit config.yaml first, please, today.']],
    ['getUserById', ['Get the user by the id, the user id.', 'Call getUserById and nothing else at all.']],
    ['v2.3.1', ['It was in 2.3.1 of 2.3.1.', 'Since v2.3.1 it is faster than ever before.']],
  ])('B14: ranks the whole identifier %s first', async (query, [part, whole]) => {
    expect(await firstOf([part ?? '', whole ?? ''], query)).toBe(whole)
  })
})

describe('createKnowledge in several languages', () => {
  const documents = Object.values(TEXTS)
    .flat()
    .map((content, at) => ({ documentId: `d${at}`, content, mediaType: 'text/plain' }))

  it('B12: finds the text of a question of any language in one index', async () => {
    const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
    await collectReport(knowledge.sync(documents))
    const retriever = knowledge.retriever()
    for (const [language, question, at] of QUESTIONS) {
      const [best] = await retriever.retrieve(question, { topK: 1, signal })
      expect([question, best?.chunk.text]).toEqual([question, TEXTS[language][at]])
    }
  })

  it('searches a question that is too short to tell in the languages of the index', async () => {
    const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
    await collectReport(knowledge.sync(documents.slice(6, 9)))
    const [best] = await knowledge.retriever().retrieve('Versicherung', { topK: 1, signal })
    expect(best?.chunk.text).toBe(TEXTS.de[0])
  })

  it('sees a language that the index gets later', async () => {
    const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
    await collectReport(knowledge.sync([{ documentId: 'en', content: 'The house is red.', mediaType: 'text/plain' }]))
    const retriever = knowledge.retriever()
    expect(await retriever.retrieve('Häuser der Altstadt', { topK: 1, signal })).toEqual([])
    await collectReport(knowledge.add(documents))
    const [best] = await retriever.retrieve('Haus Altstadt', { topK: 1, signal })
    expect(best?.chunk.text).toBe(TEXTS.de[1])
  })

  it('refuses a search by words in an index with the terms of an earlier version', async () => {
    const store = memoryKnowledgeStore()
    const chunk = { chunkId: '1', text: 'Green tea', start: 0, end: 9, terms: ['green', 'tea'] }
    await store.commit({ documents: [{ scope: '', documentId: 'd', hash: 'h', chunks: [chunk] }] }, { signal })
    const knowledge = createKnowledge({ store })
    await expect(knowledge.retriever().retrieve('green tea', { topK: 1, signal })).rejects.toThrow(/Sync all documents/)
    await collectReport(knowledge.sync([{ documentId: 'd', content: 'Green tea', mediaType: 'text/plain' }]))
    expect(await knowledge.retriever().retrieve('green tea', { topK: 1, signal })).toHaveLength(1)
  })
})

describe('tokenize in another language', () => {
  it('uses the stemmer and the stop words of the language', async () => {
    const german = await loadLanguage('de')
    expect(tokenize('Die Häuser der Studenten', german).words).toEqual(['haus', 'student'])
    expect(german).toBe(await loadLanguage('de'))
    expect((await languageOf('Wann wurde das Haus gebaut?')).code).toBe('de')
    expect((await languageOf('Haus')).code).toBe('en')
    expect((await languageOf('Haus', 'de')).code).toBe('de')
  })

  it('gives groups of letters a lower weight than pairs', async () => {
    const weights = weighTerms('alte Häuser', await loadLanguage('de'))
    expect(weights.get('alt haus')).toBe(0.3)
    expect(weights.get('~haus')).toBe(0.15)
  })

  it('takes any text in any language without failing, and gives a question that is the text all of its terms', async () => {
    const languages = await Promise.all((['de', 'ar', 'tr', 'pl', 'ru', 'hi', 'en'] as const).map(loadLanguage))
    const grapheme = fc.constantFrom(...Array.from('aİıßé١猫かガ한ก.-_+#\u0301\u064e\u200d7 ’\ud800'), 'ﷺ', '👩‍🚀')
    const text = fc.array(grapheme, { maxLength: 30 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, fc.constantFrom(...languages), (given, language) => {
        const { words, pairs } = tokenize(given, language)
        expect(new Set(weighTerms(given, language).keys())).toEqual(new Set([...words, ...pairs]))
      }),
    )
  })

  it('makes only terms that every store can hold', async () => {
    const codes = [
      'de',
      'ar',
      'tr',
      'el',
      'fr',
      'hi',
      'id',
      'it',
      'nl',
      'pt',
      'ro',
      'ru',
      'sv',
      'es',
      'pl',
      'he',
      'en',
    ] as const
    const languages = await Promise.all(codes.map((code) => loadLanguage(code)))
    const piece = fc.constantFrom(
      ...Array.from("abelnsıİßé١ـالوونيةهبفлыйсיותοςकेना猫かガ한ก.-_'𝒜𐐷𞤀𠮷\u0301\u064e "),
      '𐐷𐐷𐐷𐐷𐐷',
      'ـــ',
    )
    const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, fc.constantFrom(...languages), (given, language) => {
        const { words, pairs } = tokenize(given, language)
        for (const term of [...words, ...pairs])
          expect([term, term !== '' && term.isWellFormed()]).toEqual([term, true])
      }),
      { numRuns: 3_000 },
    )
  })

  it('takes linear time for a megabyte without a blank', async () => {
    const german = await loadLanguage('de')
    for (const unit of ['a', 'aB', 'a.', 'ä', '\u0301', '1,', 'a-', '猫', 'か', '한', 'ก', "a'", 'م\u064e', '+', '#']) {
      const text = unit.repeat(1_000_000 / unit.length)
      // Quadratic work would take minutes.
      expect(await cpuMs(() => tokenize(text, german)), unit).toBeLessThan(10_000)
    }
  }, 120_000)
})
