// Measures sentences with two sources: `node test/eval/two-sources.ts --data DIR` prints the rows.
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/core/async/clock.ts'
import { createAnswerWriter } from '../../src/core/citation/answer-writer.ts'
import { createClaimChecker } from '../../src/core/citation/claim-checker.ts'
import { createCitationCheck } from '../../src/core/citation/create-citation-check.ts'
import type { Support } from '../../src/core/vocabulary/citations.ts'
import type { Source } from '../../src/core/vocabulary/sources.ts'
import { seededRandom } from './grounding-metrics.ts'
import type { Row } from './report.ts'
import { readXquad } from './xquad.ts'

const PAIRS = 200

/** Sentences of two paragraphs. */
interface Pair {
  readonly sentences: readonly [string, string]
  readonly sources: readonly Source[]
}

/** Joins two sentences to one with a marker for each, or with both markers at the end. */
interface Style {
  readonly join: (first: string, second: string) => string
  /** The markers stand together, so that swapped numbers are no error; a foreign source in place of one is. */
  readonly isTogether?: true
}

const STYLES: Readonly<Record<string, readonly Style[]>> = {
  en: [
    { join: (a, b) => `${a} [1], while ${b} [2].` },
    { join: (a, b) => `${a} [1]; ${b} [2].` },
    { join: (a, b) => `${a} [1], and ${b}.[2]` },
    { join: (a, b) => `According to [1], ${a}, whereas [2] says that ${b}.` },
    { join: (a, b) => `${a}, while ${b} [1][2].`, isTogether: true },
  ],
  zh: [
    { join: (a, b) => `${a}[1]，而${b}[2]。` },
    { join: (a, b) => `${a}[1]；${b}[2]。` },
    { join: (a, b) => `${a}【1】，${b}。【2】` },
    { join: (a, b) => `根据[1]，${a}，而根据[2]，${b}。` },
    { join: (a, b) => `${a}，而${b}[1][2]。`, isTogether: true },
  ],
}

/**
 * Measures pairs of sentences from XQuAD in five styles. "Kept" is the share of correct sentences whose citations are all
 * `supported`; "caught" is the share of those with swapped numbers (or one foreign source, where the markers stand together)
 * in which none of the wrong citations is.
 */
export async function evaluateTwoSources(dataDir: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const language of ['en', 'zh']) {
    const pairs = readPairs(dataDir, language)
    const styles = STYLES[language] ?? []
    let [kept, caught] = [0, 0]
    for (const [index, { sentences, sources }] of pairs.entries()) {
      const style = styles[index % styles.length]
      if (!style) continue
      const answer = style.join(...sentences)
      const [first, second, foreign] = sources
      if (!first || !second || !foreign) continue
      const right = await labelsOf(answer, [first, second])
      kept += Number(right.length === 2 && right.every((label) => label === 'supported'))
      const wrong = style.isTogether
        ? await labelsOf(answer, [first, foreign])
        : await labelsOf(answer, [second, first])
      const suspects = style.isTogether ? wrong.slice(1) : wrong
      caught += Number(!suspects.includes('supported'))
    }
    const row = { baseline: 0, good: 0.9, excellent: 0.97 }
    rows.push(
      {
        ...row,
        measure: `XQuAD ${language}: two sources in one sentence, right kept, of ${pairs.length}`,
        value: kept / pairs.length,
      },
      {
        ...row,
        measure: `XQuAD ${language}: two sources in one sentence, swapped caught, of ${pairs.length}`,
        value: caught / pairs.length,
        baseline: 1,
        excellent: 0.95,
      },
    )
  }
  return rows
}

/** Returns the labels of the citations of an answer, in order. */
async function labelsOf(answer: string, cited: readonly Source[]): Promise<readonly (Support | undefined)[]> {
  const sources = cited.map((source, index) => ({ ...source, number: index + 1 }))
  const sourceOf = (number: number) => sources[number - 1]
  const labels: (Support | undefined)[] = []
  const checker = createClaimChecker({
    check: createCitationCheck(),
    sourceOf,
    emit: ({ index, support }) => void (labels[index] = support),
    onError: (error) => {
      throw error
    },
    clock: systemClock,
    signal: new AbortController().signal,
  })
  let text = ''
  const writer = createAnswerWriter({
    markers: 'keep',
    sourceOf,
    textOf: (start, end) => text.slice(start, end),
    emit(event) {
      if (event.type === 'token') text += event.delta
      if (event.type === 'citation') labels[event.citation.index] ??= undefined
      return undefined
    },
    onClaim: (claim) => checker.add(claim),
  })
  await writer.write(answer)
  await writer.end()
  await checker.finish()
  return labels
}

function readPairs(dataDir: string, language: string): readonly Pair[] {
  const paragraphs = readXquad(dataDir, language).documents.map(({ text }) => text)
  const random = seededRandom(3)
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]
  const pairs: Pair[] = []
  while (pairs.length < PAIRS) {
    const texts = [pick(paragraphs), pick(paragraphs), pick(paragraphs)].flatMap((text) => text ?? [])
    if (new Set(texts).size < 3) continue
    const sentences = texts.map((text) => pick(sentencesOf(text, language)))
    const [first, second] = sentences
    if (!first || !second) continue
    pairs.push({ sentences: [first, second], sources: texts.map(toSource) })
  }
  return pairs
}

/** Returns the sentences of usual length, without the full stop and without others inside. */
function sentencesOf(text: string, language: string): readonly string[] {
  const segmenter = new Intl.Segmenter(language, { granularity: 'sentence' })
  const [least, most] = language === 'zh' ? [10, 80] : [40, 200]
  return Array.from(segmenter.segment(text), ({ segment }) => segment.trim()).flatMap((sentence) => {
    const plain = sentence.replace(/[.。]$/u, '')
    return plain.length >= least && plain.length <= most && !/[.!?。！？[\]](?!\d)/u.test(plain) ? plain : []
  })
}

function toSource(text: string, index: number): Source {
  const id = `${index}`
  return { number: index + 1, sourceId: id, documentId: id, chunkId: id, title: '', text, metadata: {} }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { data: { type: 'string' } } })
  if (values.data === undefined)
    throw new Error('Name the folder of the data: node test/eval/two-sources.ts --data DIR')
  console.table(await evaluateTwoSources(values.data))
}
