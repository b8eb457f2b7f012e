import { parseArgs } from 'node:util'
import { createJudge } from './claims.ts'
import { readSentences } from './grounding-data.ts'
import { median } from './grounding-metrics.ts'
import type { Row } from './report.ts'

const ROUNDS = 7

/** Measures the CPU time of the check of a claim: each sentence of XQuAD, against its own paragraph. */
export function evaluateCheckTime(dataDir: string): readonly Row[] {
  return (['en', 'zh'] as const).map((language) => ({
    measure: `${language}: check of a claim, in milliseconds`,
    value: timePerClaim(dataDir, language),
    good: 0.1,
    excellent: 0.06,
    atMost: true,
  }))
}

function timePerClaim(dataDir: string, language: 'en' | 'zh'): number {
  const claims = readSentences(dataDir, language)
  const judge = createJudge()
  const checkAll = (): void => {
    for (const { sentence, paragraph } of claims) judge(sentence, paragraph)
  }
  // The first calls prepare the paragraphs and compile the code.
  checkAll()
  const rounds = Array.from({ length: ROUNDS }, () => {
    // Of this thread: the collection of garbage in other threads does not count.
    const before = process.threadCpuUsage()
    checkAll()
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1_000 / claims.length
  })
  return median(rounds)
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { data: { type: 'string' } } })
  if (values.data === undefined) throw new TypeError('Cannot measure without --data: name the folder of the data')
  for (const { measure, value } of evaluateCheckTime(values.data)) console.log(measure, value.toFixed(4))
}
