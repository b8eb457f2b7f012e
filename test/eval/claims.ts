// Measures which changed claims the citation check finds: `node test/eval/claims.ts --data DIR` prints the table.
import { parseArgs } from 'node:util'
import { createCitationCheck } from '../../src/core/citation/create-citation-check.ts'
import type { CitationSupport } from '../../src/core/vocabulary/citations.ts'
import type { Source } from '../../src/core/vocabulary/sources.ts'
import { splitSentences } from '../../src/core/text/split-sentences.ts'
import {
  addFrame,
  changeChineseName,
  changeTitle,
  changeToNameOfSource,
  changeToOpposite,
  flipGermanNegation,
  swapNumbers,
  swapYears,
  type NamedSentence,
} from './claim-edits.ts'
import type { PlacedSentence } from './grounding-data.ts'
import { flipChineseNegation, flipNegation, type Edit } from './grounding-edits.ts'
import { seededRandom } from './grounding-metrics.ts'
import type { Row } from './report.ts'
import { readXquad, type QuestionSet } from './xquad.ts'

interface Goal {
  readonly good: number
  readonly excellent: number
}

const NAMES: Goal = { good: 0.75, excellent: 0.9 }
const COMBINATIONS: Goal = { good: 0.7, excellent: 0.85 }

/** Measures the share of changed claims that are not `supported`, and of true ones that are not. The same data give the same figures. */
export function evaluateClaims(folder: string): readonly Row[] {
  const [english, chinese, german] = [readXquad(folder, 'en'), readXquad(folder, 'zh'), readXquad(folder, 'de')]
  const [en, zh, de] = [sentencesOf(english), sentencesOf(chinese), sentencesOf(german)]
  const check = createJudge()
  const caught = (
    measure: string,
    edit: Edit,
    { sentences, goal }: { sentences: readonly PlacedSentence[]; goal: Goal },
  ): Row => caughtRow(measure, edited(sentences, edit), { check, goal })
  const named = (measure: string, asks: RegExp): Row => {
    const sentences = namedSentences(chinese, asks)
    const edit = changeChineseName(sentences)
    return caughtRow(measure, edited(sentences, edit), { check, goal: NAMES })
  }
  const lost = (
    measure: string,
    edit: Edit,
    { sentences, goal }: { sentences: readonly PlacedSentence[]; goal: Goal },
  ): Row => {
    const cases = edited(sentences, edit)
    const value = 1 - caughtShare(cases, check, ({ support }) => support === 'supported')
    return { measure: `${measure} lost, of ${cases.length}`, value, ...goal, atMost: true }
  }
  const verbatim: Edit = ({ sentence }) => sentence
  return [
    named('zh: another person', /谁|哪位|哪个人|叫什么/u),
    named('zh: another place', /哪里|在哪|什么地方|哪个?(?:国家|城市|地区|州|省|大学|地方)/u),
    caught('zh: another title', changeTitle(zh), { sentences: zh, goal: NAMES }),
    caught('en: another name of the source', changeToNameOfSource, { sentences: en, goal: NAMES }),
    caught('en: opposite word', changeToOpposite, { sentences: en, goal: COMBINATIONS }),
    caught('en: swapped numbers', swapNumbers, { sentences: en, goal: COMBINATIONS }),
    caught('zh: swapped numbers', swapNumbers, { sentences: zh, goal: COMBINATIONS }),
    caught('en: swapped years', swapYears, { sentences: en, goal: COMBINATIONS }),
    caught('zh: swapped years', swapYears, { sentences: zh, goal: COMBINATIONS }),
    caught('en: changed negation', flipNegation, { sentences: en, goal: { good: 0.97, excellent: 0.98 } }),
    caught('zh: changed negation', flipChineseNegation, { sentences: zh, goal: { good: 0.95, excellent: 0.97 } }),
    caught('de: changed negation', flipGermanNegation, { sentences: de, goal: { good: 0.85, excellent: 0.92 } }),
    ...(
      [
        ['en', en],
        ['de', de],
        ['zh', zh],
      ] as const
    ).flatMap(([language, sentences]) => [
      lost(`${language}: verbatim sentences`, verbatim, { sentences, goal: { good: 0.01, excellent: 0.005 } }),
      lost(`${language}: framed sentences`, addFrame(language), { sentences, goal: { good: 0.05, excellent: 0.02 } }),
    ]),
  ]
}

interface Case {
  readonly claim: string
  readonly paragraph: string
}

type Judge = (claim: string, paragraph: string) => CitationSupport | undefined

function caughtRow(
  measure: string,
  cases: readonly Case[],
  { check, goal }: { readonly check: Judge; readonly goal: Goal },
): Row {
  return {
    measure: `${measure}, of ${cases.length}`,
    value: caughtShare(cases, check, ({ support }) => support !== 'supported'),
    ...goal,
  }
}

function caughtShare(cases: readonly Case[], check: Judge, counts: (outcome: CitationSupport) => boolean): number {
  const outcomes = cases.flatMap(({ claim, paragraph }) => check(claim, paragraph) ?? [])
  return outcomes.filter(counts).length / outcomes.length
}

function edited<Placed extends PlacedSentence>(
  sentences: readonly Placed[],
  edit: (placed: Placed, random: () => number) => string | undefined,
): readonly Case[] {
  const random = seededRandom(7)
  return sentences.flatMap((placed) => {
    const claim = edit(placed, random)
    return claim === undefined ? [] : { claim, paragraph: placed.paragraph }
  })
}

/** The built-in citation check; each paragraph is prepared once. */
export function createJudge(): Judge {
  const check = createCitationCheck()
  const sources = new Map<string, Source>()
  const { signal } = new AbortController()
  return (claim, text) => {
    const id = `${sources.size}`
    const source = sources.get(text) ?? {
      number: 1,
      sourceId: id,
      documentId: id,
      chunkId: id,
      title: '',
      text,
      metadata: {},
    }
    sources.set(text, source)
    const outcome = check({ claim, source }, { signal })
    if (outcome instanceof Promise) throw new TypeError('Cannot evaluate a check that does not answer at once')
    return outcome
  }
}

function sentencesOf({ documents }: QuestionSet): readonly PlacedSentence[] {
  return documents.flatMap(({ text }) =>
    splitSentences(text)
      .map((sentence) => ({ sentence: sentence.trim(), paragraph: text }))
      .filter(({ sentence }) => sentence.length > 12),
  )
}

/** Returns the sentences with the answer of a question that asks for a name of a kind. */
function namedSentences({ documents, questions }: QuestionSet, asks: RegExp): readonly NamedSentence[] {
  const texts = new Map(documents.map(({ documentId, text }) => [documentId, text]))
  return questions.flatMap(({ question, documentId, answer: name }) => {
    const paragraph = texts.get(documentId) ?? ''
    if (!asks.test(question) || !/^[\p{Script=Han}·]{2,10}$/u.test(name)) return []
    const sentence = splitSentences(paragraph)
      .find((found) => found.includes(name))
      ?.trim()
    return sentence === undefined || sentence.length < 13 ? [] : { sentence, paragraph, name }
  })
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { data: { type: 'string' } } })
  if (values.data === undefined) throw new Error('Name the folder of the data: node test/eval/claims.ts --data DIR')
  console.table(evaluateClaims(values.data).map((row) => ({ ...row, value: row.value.toFixed(3) })))
}
