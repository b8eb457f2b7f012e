import { measureBaseline } from './baseline.ts'
import { GOALS } from './goals.ts'
import { measure, MEASURES, type Figures } from './measure.ts'
import type { Row } from './report.ts'
import type { QuestionSet } from './xquad.ts'

const NAMES: Readonly<Record<keyof Figures, string>> = {
  recallAt1: 'recall@1',
  firstCited: 'first citation is right',
  answered: 'answer is quoted',
}

/** Measures the results of the retriever and the answers of the model; `name` is the name of the set. */
export async function evaluateAnswers(name: string, set: QuestionSet): Promise<readonly Row[]> {
  const value = await measure(set)
  const baseline = measureBaseline(set)
  return MEASURES.map((key) => ({
    measure: `${name}: ${NAMES[key]}`,
    value: value[key],
    baseline: baseline[key],
    ...GOALS[name]?.[key],
  }))
}
