import { readFileSync } from 'node:fs'
import { parseQuestions } from '../../src/cli/eval/read-questions.ts'

/** A question with the answer that it should get. */
export interface FirstQuestion {
  readonly question: string
  /** The first cited source must be one of these documents; absent if the documents do not answer the question. */
  readonly from?: readonly string[] | undefined
  /** The answer must contain one of these fragments. */
  readonly says?: readonly string[] | undefined
}

// `ragwire eval` reads the same file.
const FILE = new URL('../../examples/demo/questions.jsonl', import.meta.url)

/**
 * Questions of somebody who sees this project for the first time. They were written before any of them was asked. The
 * last two have nothing to do with the project.
 */
export const FIRST_QUESTIONS: readonly FirstQuestion[] = parseQuestions(readFileSync(FILE, 'utf8'), FILE.pathname).map(
  ({ question, expected: { sources, contains } }) => ({ question, from: sources[0], says: contains[0] }),
)
