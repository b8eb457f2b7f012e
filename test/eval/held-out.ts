import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { QuestionSet } from './xquad.ts'

/** A language that has a handbook with questions. */
export type HandbookLanguage = 'de' | 'en' | 'ja' | 'ko' | 'zh'

/** Questions of one user in order. The answer to the last turn is judged. */
export type Talk = z.infer<typeof talk>

const handbook = z.strictObject({
  language: z.string(),
  passages: z.array(z.strictObject({ id: z.string(), text: z.string().min(1) })),
  questions: z.array(z.strictObject({ question: z.string().min(1), passage: z.string() })),
})

const talk = z
  .strictObject({
    id: z.string(),
    language: z.enum(['de', 'en', 'zh']),
    documents: z.enum(['handbook-de', 'handbook-en', 'handbook-zh']),
    turns: z.array(z.string().min(1)).min(2).readonly(),
    expects: z.union([
      z.strictObject({ passage: z.string() }).readonly(),
      z.strictObject({ refused: z.literal(true) }).readonly(),
    ]),
  })
  .readonly()

// A folder of its own: first-questions.ts indexes every file of the folder held-out.
const FOLDER = new URL('handbooks/', import.meta.url)

/**
 * Reads the handbook of a language: each passage is a document with the passage's id.
 * A question's `answer` is empty, because only its passage is known.
 */
export function readHandbook(language: HandbookLanguage): QuestionSet {
  const { passages, questions, ...rest } = handbook.parse(readJson(`handbook-${language}`))
  return {
    language: rest.language,
    documents: passages.map(({ id, text }) => ({ documentId: id, text })),
    questions: questions.map(({ question, passage }) => ({ question, documentId: passage, answer: '' })),
  }
}

/**
 * Reads the talks. A talk's `documents` is `handbook-` and its language; `expects` names
 * the passage that answers the last turn, or says that the last turn must be refused.
 */
export function readTalks(): readonly Talk[] {
  return z.array(talk).parse(readJson('talks'))
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))
}
