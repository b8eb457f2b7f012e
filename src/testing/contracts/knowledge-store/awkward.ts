import { deepEqual, equal } from 'node:assert/strict'
import { build, type BuildFields } from './build.ts'
import { placesOf, type KnowledgeStoreCalls, type KnowledgeStoreCheck } from './calls.ts'

const TEXTS = [
  '',
  ' ',
  'line\r\nline\rline\n\n',
  '\uFEFFwith a byte order mark',
  'e\u0301 é 👩‍👩‍👧 中文 عربي \u2028 \u200b \u0007',
  `quotes ' " \` \\ \\u0000 %s $1 {} </script>`,
  'long '.repeat(20_000),
]

const QUERY_LANGUAGE = `" ' "" '' \` % _ * x* ? ( ) ^ : a:b ; - -x + ~ | & ! <-> \\ \\\\ {x} [x] , . @ # AND OR NOT NEAR NEAR(x`
const LETTERS = 'é e\u0301 É e E ß ss ﬁ fi I ı i 中 中文 文 😀 😁 👩‍👧 \uE000 the running run and'
const VALUES = 'null NULL true 1 01 1.0 1e0 -1 __proto__ constructor toString'

const TERMS = [
  ...[QUERY_LANGUAGE, LETTERS, VALUES].flatMap((words) => words.split(' ')),
  'a b',
  'a  b',
  'a b ',
  ' a b',
  '\t',
  '\n',
  '\u00a0',
  'x'.repeat(5_000),
  `${'x'.repeat(5_000)}y`,
]

/** Declares checks of texts, terms and sizes that careless code corrupts. */
export function declareAwkward(check: KnowledgeStoreCheck): void {
  check('returns texts exactly', async ({ put, document, findTerms }) => {
    const written = build('a', TEXTS, { title: TEXTS[4], version: TEXTS[5], hash: TEXTS[3] ?? '' })
    const chunks = written.chunks.map((chunk) => ({ ...chunk, terms: ['one'] }))
    await put({ ...written, chunks })
    const found = await document('a')
    deepEqual([found?.chunks.map(({ text }) => text), found?.document.title], [TEXTS, TEXTS[4]])
    deepEqual(
      (await findTerms('one')).map(({ chunk }) => chunk.text),
      TEXTS,
    )
  })

  check('returns a NUL character and an unpaired surrogate exactly, or refuses the change', async (calls) => {
    for (const text of ['a\0b', '\0', 'a\ud83db', '\ude00', '\ud83d']) {
      await keepsOrRefuses(calls, { text })
      await keepsOrRefuses(calls, { fields: { title: text } })
      await keepsOrRefuses(calls, { fields: { metadata: { field: [text] } } })
      await keepsOrRefuses(calls, { fields: { metadata: { [text]: 1 } } })
    }
  })

  check('finds a term by nothing but itself', async ({ put, findTerms }) => {
    await put(
      ...TERMS.map((term, index) => {
        const document = build(`d${index}`, `text ${index}`)
        return { ...document, chunks: document.chunks.map((chunk) => ({ ...chunk, terms: [term, term] })) }
      }),
    )
    for (const [index, term] of TERMS.entries()) {
      deepEqual(placesOf(await findTerms(new Map([[term, 1]]))), [`d${index}#0`], `the term ${JSON.stringify(term)}`)
    }
    equal((await findTerms(new Map(TERMS.map((term) => [term, 1])), { topK: 500 })).length, TERMS.length)
  })

  check('searches by thousands of terms', async ({ put, findTerms }) => {
    const words = Array.from({ length: 5_000 }, (_, index) => `word${index}`)
    await put(build('all', words.join(' ')), build('one', 'word4999'), build('none', 'other'))
    deepEqual(placesOf(await findTerms(words.join(' '))), ['all#0', 'one#0'])
  })

  check('stores a document of 1,000 chunks, replaces and removes it', async (calls) => {
    const { hasVectors, put, remove, document, findTerms, findVectors, state } = calls
    const texts = Array.from({ length: 1_000 }, (_, index) => `common own${index}`)
    await put(build('large', texts), build('small', 'common'))
    deepEqual(
      (await document('large'))?.chunks.map(({ text }) => text),
      texts,
    )
    deepEqual(placesOf(await findTerms('own777')), ['large#777'])
    if (hasVectors) deepEqual(placesOf(await findVectors('common own777', { topK: 1 })), ['large#777'])
    await put(build('large', texts.slice(0, 2)))
    deepEqual([placesOf(await findTerms('own777')), (await findTerms('common')).length], [[], 3])
    await remove('large')
    deepEqual([placesOf(await findTerms('common')), (await state()).chunks], [['small#0'], 1])
  })
}

/** Fails unless a document is returned as it was written, or its commit rejects with an error and changes nothing. */
async function keepsOrRefuses(
  { put, state, document }: KnowledgeStoreCalls,
  { text = 'text', fields = {} }: { readonly text?: string; readonly fields?: BuildFields },
): Promise<void> {
  const before = await state()
  const written = build('a', 'text', fields)
  const [refusal] = await Promise.allSettled([
    put({ ...written, chunks: written.chunks.map((chunk) => ({ ...chunk, text })) }),
  ])
  if (refusal?.status === 'rejected') {
    equal(refusal.reason instanceof Error, true, 'the change was refused without an error')
    deepEqual(await state(), before)
    return
  }
  const found = await document('a')
  deepEqual(found?.chunks[0]?.text, text)
  deepEqual([found?.document.title, found?.document.metadata], [fields.title, fields.metadata])
}
