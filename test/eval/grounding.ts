// Measures the citation check on data that people labelled: `node test/eval/grounding.ts --data DIR` prints the table.
import { parseArgs } from 'node:util'
import { scoreClaim } from '../../src/core/citation/score-claim.ts'
import { prepareText } from '../../src/core/citation/prepare-text.ts'
import { createCitationCheck } from '../../src/core/citation/create-citation-check.ts'
import type { CitationSupport, Support } from '../../src/core/vocabulary/citations.ts'
import type { Source } from '../../src/core/vocabulary/sources.ts'
import { readBegin, readSentences, type JudgedClaim, type PlacedSentence } from './grounding-data.ts'
import { changeName, changeNumber, editAll, flipChineseNegation, flipNegation, type Edit } from './grounding-edits.ts'
import { bestThreshold, onUnseenHalf, seededRandom, type Scored } from './grounding-metrics.ts'
import type { Row } from './report.ts'

/** Measures the citation check on BEGIN and XQuAD. The same data give the same figures. */
export async function evaluateGrounding(dataDir: string): Promise<readonly Row[]> {
  const begin = await readBegin(dataDir)
  const english = readSentences(dataDir, 'en')
  const chinese = readSentences(dataDir, 'zh')
  const threshold = bestThreshold(scoredBy(begin, tokenOverlap))
  const judges: Judges = {
    check: createJudge(),
    overlap: (claim, source) => ({
      support: tokenOverlap(claim, source) >= threshold ? 'supported' : 'unsupported',
      reasons: [],
    }),
  }
  return [
    ...separationRows(begin),
    ...labelRows(begin, judges),
    ...editRows('en', english, judges, [
      { name: 'changed number', edit: changeNumber, good: 0.88, excellent: 0.95 },
      { name: 'flipped negation', edit: flipNegation, good: 0.9, excellent: 0.96 },
      { name: 'foreign name', edit: changeName(english), good: 0.98, excellent: 0.99 },
    ]),
    ...editRows('zh', chinese, judges, [
      { name: 'changed number', edit: changeNumber, good: 0.88, excellent: 0.95 },
      { name: 'flipped negation', edit: flipChineseNegation, good: 0.9, excellent: 0.96 },
    ]),
  ]
}

type Judge = (claim: string, source: string) => CitationSupport | undefined

interface Judges {
  readonly check: Judge
  readonly overlap: Judge
}

/** The built-in citation check. */
function createJudge(): Judge {
  const check = createCitationCheck()
  const sources = new Map<string, Source>()
  const { signal } = new AbortController()
  return (claim, text) => {
    const id = `${sources.size}`
    const ids = { number: 1, sourceId: id, documentId: id, chunkId: id }
    const source = sources.get(text) ?? { ...ids, title: '', text, metadata: {} }
    sources.set(text, source)
    const outcome = check({ claim, source }, { signal })
    if (outcome instanceof Promise) throw new TypeError('Cannot evaluate a check that does not answer at once')
    return outcome
  }
}

/** The baseline: the share of the claim's words that are in the source. */
function tokenOverlap(claim: string, source: string): number {
  const known = new Set(wordsOf(source))
  const words = wordsOf(claim)
  return words.filter((word) => known.has(word)).length / Math.max(1, words.length)
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

function wordsOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text.toLowerCase())).flatMap(({ segment, isWordLike }) =>
    isWordLike ? segment : [],
  )
}

function scoredBy(
  claims: readonly JudgedClaim[],
  scoreOf: (claim: string, source: string) => number,
): readonly Scored[] {
  return claims.map(({ claim, source, isAttributable }) => ({
    score: scoreOf(claim, source),
    isPositive: isAttributable,
  }))
}

/** Measures how well the score alone separates claims that people call fully attributable from the others. */
function separationRows(begin: readonly JudgedClaim[]): readonly Row[] {
  const scoreOf = (claim: string, source: string) => scoreClaim(prepareText(claim), prepareText(source)) ?? 0
  const own = onUnseenHalf(scoredBy(begin, scoreOf))
  const plain = onUnseenHalf(scoredBy(begin, tokenOverlap))
  return [
    { measure: 'BEGIN: AUC', value: own.auc, baseline: plain.auc, good: 0.93, excellent: 0.945 },
    { measure: 'BEGIN: F1', value: own.f1, baseline: plain.f1, good: 0.825, excellent: 0.845 },
  ]
}

/** Measures the agreement of people with the labels, and how many attributable claims the rules downgrade. */
function labelRows(begin: readonly JudgedClaim[], { check, overlap }: Judges): readonly Row[] {
  const attributable = (judge: Judge, label: Support): number =>
    shareOf(
      begin.filter(({ claim, source }) => judge(claim, source)?.support === label),
      ({ isAttributable }) => isAttributable,
    )
  const lost = (judge: Judge): number => {
    const outcomes = begin.filter(({ isAttributable }) => isAttributable).map((pair) => judge(pair.claim, pair.source))
    const covered = outcomes
      .flatMap((outcome) => outcome ?? [])
      .filter(({ support, reasons }) => support !== 'unsupported' && !reasons.includes('missing-words'))
    return shareOf(covered, ({ support }) => support === 'weak')
  }
  const row = (label: Support) => ({ value: attributable(check, label), baseline: attributable(overlap, label) })
  return [
    { measure: 'BEGIN: attributable among supported', ...row('supported'), good: 0.84, excellent: 0.9 },
    {
      measure: 'BEGIN: attributable among unsupported',
      ...row('unsupported'),
      good: 0.03,
      excellent: 0.015,
      atMost: true,
    },
    {
      measure: 'BEGIN: attributable lost to the rules',
      value: lost(check),
      baseline: lost(overlap),
      good: 0.05,
      excellent: 0.03,
      atMost: true,
    },
  ]
}

interface Trial {
  readonly name: string
  readonly edit: Edit
  readonly good: number
  readonly excellent: number
}

/**
 * The share of falsified sentences that are no longer labelled as supported, and of the same sentences when they are
 * true.
 */
function editRows(
  language: string,
  sentences: readonly PlacedSentence[],
  judges: Judges,
  trials: readonly Trial[],
): readonly Row[] {
  const touched = new Set<string>()
  const truths: PlacedSentence[] = []
  const rows = trials.map(({ name, edit, good, excellent }, index) => {
    const edits = editAll(sentences, edit, seededRandom(index + 1))
    for (const { sentence, paragraph } of edits) {
      if (!touched.has(sentence)) truths.push({ sentence, paragraph })
      touched.add(sentence)
    }
    const caught = (judge: Judge): number =>
      shareOf(edits, ({ edited, paragraph }) => !isSupported(judge(edited, paragraph)))
    const measure = `XQuAD ${language}: ${name} caught, of ${edits.length}`
    return { measure, value: caught(judges.check), baseline: caught(judges.overlap), good, excellent }
  })
  const lost = (judge: Judge): number =>
    shareOf(truths, ({ sentence, paragraph }) => !isSupported(judge(sentence, paragraph)))
  const measure = `XQuAD ${language}: true sentences lost, of ${truths.length}`
  return [
    ...rows,
    { measure, value: lost(judges.check), baseline: lost(judges.overlap), good: 0.05, excellent: 0.03, atMost: true },
  ]
}

function isSupported(outcome: CitationSupport | undefined): boolean {
  return outcome?.support === 'supported'
}

function shareOf<Item>(items: readonly Item[], isCounted: (item: Item) => boolean): number {
  return items.filter(isCounted).length / items.length
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { data: { type: 'string' } } })
  if (values.data === undefined) throw new Error('Name the folder of the data: node test/eval/grounding.ts --data DIR')
  const rows = await evaluateGrounding(values.data)
  console.table(rows.map((row) => ({ ...row, value: row.value.toFixed(3), baseline: row.baseline?.toFixed(3) })))
}
