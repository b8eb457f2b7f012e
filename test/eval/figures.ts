// Measures which changed figures the citation check finds: `node test/eval/figures.ts --data DIR` prints the table.
import { parseArgs } from 'node:util'
import { splitSentences } from '../../src/core/text/split-sentences.ts'
import { createJudge } from './claims.ts'
import { FIGURE_KINDS, frame, type FigureKind, type FigureLanguage } from './figure-edits.ts'
import { seededRandom } from './grounding-metrics.ts'
import type { Row } from './report.ts'
import { changeUnit } from './unit-edits.ts'
import { readXquad } from './xquad.ts'

/** Edits of each kind and language. */
const EDITS = 300
const LANGUAGES: readonly FigureLanguage[] = ['en', 'de', 'zh']
/** The rules were written with the first half of the paragraphs and seeds; the table shows the other. */
const HALVES = { developed: 0, reported: 1 } as const

/**
 * Measures the share of changed figures that are reported, and of figures in another form that are not. Each figure stands in
 * a sentence of ours inside a paragraph of XQuAD. Versions, signs and units are too rare in XQuAD itself.
 */
export function evaluateFigures(folder: string, half: keyof typeof HALVES = 'reported'): readonly Row[] {
  return LANGUAGES.flatMap((language) => {
    const { documents } = readXquad(folder, language)
    const paragraphs = documents.map(({ text }) => text).filter((_, index) => index % 2 === HALVES[half])
    const results = FIGURE_KINDS.map((kind, index) => ({
      kind,
      ...measureKind(kind, { language, paragraphs, seed: index * 2 + HALVES[half] + 1 }),
    }))
    const rows = results.map(({ kind, caught }) => changedRow(`${language}: changed ${kind.name} caught`, caught))
    const kept = results.flatMap((result) => result.kept)
    const all = results.flatMap(({ caught }) => caught)
    const units = measureUnits({ language, paragraphs, seed: HALVES[half] + 1 })
    return [
      ...rows,
      changedRow(`${language}: unit of a sentence of XQuAD changed caught`, units),
      changedRow(`${language}: changed figure caught`, all),
      {
        measure: `${language}: same value in another form kept, of ${kept.length}`,
        value: shareOf(kept),
        good: 0.98,
        excellent: 0.99,
      },
    ]
  })
}

function changedRow(measure: string, caught: readonly boolean[]): Row {
  return { measure: `${measure}, of ${caught.length}`, value: shareOf(caught), good: 0.92, excellent: 0.97 }
}

interface Setting {
  readonly language: FigureLanguage
  readonly paragraphs: readonly string[]
  readonly seed: number
}

interface Counted {
  readonly caught: readonly boolean[]
  readonly kept: readonly boolean[]
}

function measureKind(kind: FigureKind, { language, paragraphs, seed }: Setting): Counted {
  const random = seededRandom(seed)
  const check = createJudge()
  const caught: boolean[] = []
  const kept: boolean[] = []
  for (let count = 0; count < EDITS; count += 1) {
    const write = frame(kind, language, random)
    const { written, changed, same } = kind.make(random, language)
    const paragraph = insert(write(written), paragraphs[count % paragraphs.length] ?? '', random)
    // A sentence that is not supported as it stands proves nothing.
    if (check(write(written), paragraph)?.support !== 'supported') continue
    caught.push(check(write(changed), paragraph)?.support !== 'supported')
    for (const form of same) {
      const reasons = check(write(form), paragraph)?.reasons ?? []
      kept.push(!reasons.some((reason) => /^(?:number|date|unit):/u.test(reason)))
      if (process.env['SHOW'] && !kept.at(-1)) console.log('lost', write(written), '|', write(form), reasons)
    }
    if (process.env['SHOW'] && !caught.at(-1)) console.log('missed', write(written), '|', write(changed))
  }
  return { caught, kept }
}

/** Each round draws the exchanged units anew, until there are enough. */
function measureUnits({ language, paragraphs, seed }: Setting): readonly boolean[] {
  const [random, check, edit] = [seededRandom(seed), createJudge(), changeUnit(language)]
  const caught: boolean[] = []
  const claims = new Set<string>()
  for (let round = 0; round < MAX_ROUNDS && caught.length < EDITS; round += 1) {
    for (const paragraph of paragraphs) {
      for (const sentence of splitSentences(paragraph)) {
        const claim = edit({ sentence, paragraph }, random)
        if (claim === undefined || claims.has(claim)) continue
        if (check(sentence, paragraph)?.support !== 'supported') continue
        claims.add(claim)
        caught.push(check(claim, paragraph)?.support !== 'supported')
        if (process.env['SHOW'] && !caught.at(-1)) console.log('missed', sentence.trim(), '|', claim.trim())
      }
    }
  }
  return caught
}

const MAX_ROUNDS = 20

/** Puts a sentence between two of a paragraph. */
function insert(sentence: string, paragraph: string, random: () => number): string {
  const sentences = splitSentences(paragraph)
  const at = Math.floor(random() * (sentences.length + 1))
  return [...sentences.slice(0, at), ` ${sentence} `, ...sentences.slice(at)].join('')
}

function shareOf(outcomes: readonly boolean[]): number {
  return outcomes.filter(Boolean).length / outcomes.length
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, developed: { type: 'boolean', default: false } },
  })
  if (values.data === undefined) throw new Error('Name the folder of the data: node test/eval/figures.ts --data DIR')
  const rows = evaluateFigures(values.data, values.developed ? 'developed' : 'reported')
  console.table(rows.map(({ measure, value }) => ({ measure, value: value.toFixed(3) })))
}
