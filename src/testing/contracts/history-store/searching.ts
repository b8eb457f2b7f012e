import { deepEqual, equal, ok } from 'node:assert/strict'
import { AWKWARD_TITLES } from '../awkward-titles.ts'
import { laterMillisecond } from '../later-millisecond.ts'
import type { HistoryStoreCheck } from './calls.ts'

/** Titles, and searches that find them. */
const FOUND: readonly (readonly [title: string, ...searches: string[]])[] = [
  ['How long do cats sleep?', 'cats', 'CATS SLEEP', 'how', 'sleep?', ' long  do '],
  ['Straße nach Fuessen', 'STRASSE', 'straße', 'strasse', 'STRAẞE'],
  ['İstanbul', 'istanbul', 'ISTANBUL', 'ıstanbul', 'i\u0307stanbul'],
  ['ΟΔΟΣ ΑΘΗΝΩΝ', 'οδος', 'οδοσ', 'ος αθ'],
  ['ПРИВЕТ, мир', 'привет', 'МИР'],
  ['e\u0301tude n\u00ba 3', '\u00c9TUDE', '\u00e9tude', 'no 3'],
  ['ﬁle ＡＢＣ １２', 'file', 'abc', '12'],
  ['two\n\tlines', 'two lines'],
]

/** Titles, and searches that do not find them. */
const NOT_FOUND: readonly (readonly [title: string, ...searches: string[]])[] = [
  ['How long do cats sleep?', 'dogs', 'cats?', 'longdo', 'c.ts', 'cats%sleep', 'cats_sleep', '%', '_', '*', '\\'],
  ['\u00e9tude', 'etude'],
]

/** Declares checks of the search of threads. */
export function declareSearching(check: HistoryStoreCheck): void {
  declareComparing(check)
  declarePages(check)
  declareLongTitles(check)
}

function declareComparing(check: HistoryStoreCheck): void {
  check('finds a title by a part of it in any case, form and spacing', async ({ begin, search }) => {
    for (const [question] of FOUND) await begin({ threadId: question, runId: question, question })
    for (const [title, ...texts] of FOUND) {
      for (const text of texts) deepEqual(await search(text), [title], `the search is ${JSON.stringify(text)}`)
    }
  })

  check('finds no title that lacks a part of the search, and reads no pattern in it', async ({ begin, search }) => {
    for (const [question] of NOT_FOUND) await begin({ threadId: question, runId: question, question })
    for (const [title, ...texts] of NOT_FOUND) {
      for (const text of texts) {
        ok(!(await search(text)).includes(title), `${JSON.stringify(text)} finds ${JSON.stringify(title)}`)
      }
    }
  })

  check('finds each awkward title by itself', async ({ begin, search }) => {
    for (const question of AWKWARD_TITLES) await begin({ threadId: question, runId: question, question })
    for (const title of AWKWARD_TITLES) deepEqual(await search(title), [title])
    for (const [part, ...titles] of [
      ['%', '100 % sure'],
      ['_', '__proto__', 'snake_case'],
      ['\\', 'C:\\new\\table'],
      ['👩‍🚀', '👩‍🚀 in space 😀'],
      ['עולם', 'שלום עולם'],
    ]) {
      deepEqual((await search(part ?? '')).toSorted(), titles)
    }
  })
}

function declarePages(check: HistoryStoreCheck): void {
  check('finds all threads of a scope page by page, the latest first', async ({ begin, search, list }) => {
    const ids = Array.from({ length: 12 }, (_, index) => `t${index}`)
    for (const [index, threadId] of ids.entries()) {
      await begin({ threadId, runId: threadId, question: index % 3 === 0 ? 'About dogs' : 'About cats' })
      await laterMillisecond()
    }
    await begin({ scope: 'bob', threadId: 'of bob', runId: 'of bob', question: 'About cats' })
    const cats = ids.filter((_, index) => index % 3 > 0).toReversed()
    for (const limit of [1, 3, 4, 8, 50]) deepEqual(await search('cats', limit), cats)
    deepEqual(await search('dogs'), ['t9', 't6', 't3', 't0'])
    deepEqual(await search('birds'), [])
    deepEqual(await list('eve', { limit: 5, search: 'cats' }), { threads: [] })
    const { threads } = await list('ann', { limit: 50, search: 'dogs' })
    const [latest] = (await list('ann', { limit: 50 })).threads.filter(({ threadId }) => threadId === 't9')
    deepEqual(threads[0], latest, 'a search describes a thread in another way than a list')
  })

  check('finds a thread behind many others, in time', async ({ begin, search }) => {
    await begin({ threadId: 'first', runId: 'first', question: 'About cats' })
    const ids = Array.from({ length: 620 }, (_, index) => `t${index}`)
    await Promise.all(ids.map((threadId) => begin({ threadId, runId: threadId, question: 'About dogs' })))
    deepEqual(await search('cats'), ['first'])
  })

  check('finds no deleted thread', async ({ begin, search, remove }) => {
    await begin({ runId: 'r1', question: 'About cats' })
    await remove({ scope: 'ann', threadId: 'cats' })
    deepEqual(await search('cats'), [])
  })
}

function declareLongTitles(check: HistoryStoreCheck): void {
  for (const [what, character] of [
    ['letters', 'x'],
    ['characters of three bytes', '猫'],
    ['surrogate pairs', '😀'],
  ] as const) {
    check(`cuts the title of a question of 32,768 units of ${what} to 1,000`, async ({ begin, list, search }) => {
      const question = `Start ${character.repeat(32_768 / character.length - 6)} the end`
      await begin({ runId: 'r1', question })
      await begin({ threadId: 'short', runId: 'r2', question: `End ${character.repeat(996 / character.length)}` })
      const [short, long] = (await list('ann')).threads
      equal(short?.title, `End ${character.repeat(996 / character.length)}`)
      ok(long && long.title.length <= 1_000 && long.title.length > 997, `the title has ${long?.title.length} units`)
      ok(question.startsWith(long.title.slice(0, -1)) && long.title.endsWith('…'), 'the cut is not marked with …')
      deepEqual(await search('start'), ['cats'])
      deepEqual(await search('the end'), [], 'a search finds what the title does not show')
    })
  }
}
