// Measures the quality of the parts that need no key: npm run eval -- [--data FOLDER [--write]] [--floor SHARE]
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { evaluateAnswers } from './answers.ts'
import { evaluateCheckTime } from './check-time.ts'
import { evaluateClaims } from './claims.ts'
import { evaluateCondensing, modelOf } from './condensing.ts'
import { evaluateEvidence, EVIDENCE_LANGUAGES } from './evidence.ts'
import { evaluateFigures } from './figures.ts'
import { evaluateFirstQuestions } from './first-questions.ts'
import { evaluateFollowUps } from './follow-ups.ts'
import { evaluateGrounding } from './grounding.ts'
import { evaluateHandbooks, evaluateTalks } from './handbooks.ts'
import { evaluateModelJudge } from './model-judge.ts'
import { readMtrag } from './mtrag.ts'
import { evaluateIndexing } from './indexing.ts'
import { evaluateOffTopic } from './off-topic.ts'
import { evaluateReadings } from './readings.ts'
import { evaluatePdf } from './pdf.ts'
import { evaluateRetrieval } from './retrieval.ts'
import { formatMarkdown, formatReport, isBelowFloor, type Row } from './report.ts'
import { SAMPLE } from './sample.ts'
import { evaluateTwoSources } from './two-sources.ts'
import { readXquad } from './xquad.ts'

const PAGE = new URL('../../docs/guides/quality.md', import.meta.url)
const TABLE = /(?<=<!-- eval -->\n)[^]*(?=<!-- \/eval -->)/

const { values } = parseArgs({
  options: {
    /** The folder with the data that docs/guides/quality.md names; without it, a few built-in lines are used. */
    data: { type: 'string' },
    /** The amount by which a figure may fall below "good" before this fails. */
    floor: { type: 'string', default: '0.03' },
    /** Writes the table to docs/guides/quality.md. */
    write: { type: 'boolean', default: false },
  },
})
const { data, write } = values
const floor = Number(values.floor)
if (!(floor >= 0)) throw new RangeError(`Cannot use --floor ${values.floor}: it must be a share from 0`)
if (write && data === undefined) throw new TypeError('Cannot use --write without --data: a sample proves nothing')

const startedAt = performance.now()
const rows = data === undefined ? await evaluateSample() : await evaluateAll(data)
console.log(formatReport(rows))
console.log(`\n${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
if (write)
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(TABLE, () => `\n${formatMarkdown(rows)}\n\n`),
  )

const failed = rows.filter((row) => isBelowFloor(row, floor))
for (const { measure } of failed) console.error(`More than ${floor} short of good: ${measure}`)
process.exitCode = failed.length === 0 ? 0 : 1

async function evaluateSample(): Promise<readonly Row[]> {
  console.log('A few built-in lines, which prove nothing: name the folder of the data with --data')
  const rows = [...(await evaluateFirstQuestions())]
  for (const set of SAMPLE)
    rows.push(
      ...(await evaluateAnswers(`sample ${set.language}`, set)),
      ...(await evaluateRetrieval(`sample ${set.language}`, set)),
    )
  return rows
}

async function evaluateAll(folder: string): Promise<readonly Row[]> {
  const [english, chinese] = [readXquad(folder, 'en'), readXquad(folder, 'zh')]
  const conversations = readMtrag(folder)
  return [
    ...(await evaluateFirstQuestions()),
    ...(await evaluateAnswers('XQuAD en', english)),
    ...(await evaluateAnswers('XQuAD zh', chinese)),
    ...(await evaluateAnswers('XQuAD de', readXquad(folder, 'de'))),
    ...(await evaluateAnswers('XQuAD ar', readXquad(folder, 'ar'))),
    ...(await evaluateAnswers('XQuAD tr', readXquad(folder, 'tr'))),
    ...evaluateReadings(),
    ...(await evaluateRetrieval('XQuAD en', english)),
    ...(await evaluateRetrieval('XQuAD zh', chinese)),
    ...(await evaluateRetrieval('XQuAD de', readXquad(folder, 'de'))),
    ...(await evaluateIndexing('XQuAD zh', chinese)),
    ...(await evaluateOffTopic(english, conversations)),
    ...(await evidenceRows(folder)),
    ...(await evaluateFollowUps(folder)),
    ...(await evaluateHandbooks()),
    ...(await evaluateTalks()),
    ...(await evaluateGrounding(folder)),
    ...(await evaluateModelJudge(folder)),
    ...evaluateClaims(folder),
    ...evaluateCheckTime(folder),
    ...evaluateFigures(folder),
    ...(await evaluateTwoSources(folder)),
    ...(await evaluatePdf(folder)),
    ...(await condensingRows(conversations)),
  ]
}

async function evidenceRows(folder: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const language of EVIDENCE_LANGUAGES) rows.push(...(await evaluateEvidence(readXquad(folder, language))))
  return rows
}

async function condensingRows(conversations: ReturnType<typeof readMtrag>): Promise<readonly Row[]> {
  const model = modelOf(process.env)
  if (model) return evaluateCondensing(conversations, model)
  console.log('Condensing is left out: set OPENAI_API_KEY or OPENAI_BASE_URL to a model')
  return []
}
