// How good the parts of `ragwire/local` are: npm run eval -- [--data FOLDER] [--floor SHARE]
import { parseArgs } from 'node:util'
import { measureBaseline } from './baseline.ts'
import { GOALS } from './goals.ts'
import { measure, MEASURES } from './measure.ts'
import { formatReport, type Row } from './report.ts'
import { SAMPLE } from './sample.ts'
import { readXquad, type QuestionSet } from './xquad.ts'

const { values } = parseArgs({
  options: {
    /** Holds xquad.en.json and xquad.zh.json; without it, a few built-in lines are asked. */
    data: { type: 'string' },
    /** How far recall and citations may fall below "good" before this fails. */
    floor: { type: 'string', default: '0.03' },
  },
})
const { data } = values
const floor = Number(values.floor)
if (!(floor >= 0)) throw new RangeError(`Cannot use --floor ${values.floor}: it must be a share from 0`)

const sets = data === undefined ? SAMPLE : ['en', 'zh'].map((language) => readXquad(data, language))
const startedAt = performance.now()
const rows: Row[] = []
for (const set of sets) rows.push(...(await rowsOf(set)))
const seconds = (performance.now() - startedAt) / 1000
const asked = sets.reduce((sum, { questions }) => sum + questions.length, 0)

console.log(formatReport(rows.toSorted((a, b) => MEASURES.indexOf(a.measure) - MEASURES.indexOf(b.measure))))
console.log(`\n${asked} questions in ${seconds.toFixed(1)} s${data === undefined ? '; a sample proves nothing' : ''}`)

const failed = rows.filter(isBelowFloor)
for (const { measure: name, language } of failed)
  console.error(`${name} (${language}) is more than ${floor} below good`)
process.exitCode = failed.length === 0 ? 0 : 1

async function rowsOf(set: QuestionSet): Promise<readonly Row[]> {
  const reached = await measure(set)
  const baseline = measureBaseline(set)
  const goals = data === undefined ? undefined : GOALS[set.language]
  return MEASURES.map((name) => {
    const row = { measure: name, language: set.language, reached: reached[name], baseline: baseline[name] }
    return goals ? { ...row, goal: goals[name] } : row
  })
}

function isBelowFloor({ measure: name, reached, goal }: Row): boolean {
  return goal !== undefined && name !== 'answered' && reached < goal.good - floor
}
