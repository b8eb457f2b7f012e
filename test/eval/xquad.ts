import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { LocalDocument } from 'ragwire/local'

/** A question, the document and position of its answer, and the text of the answer. */
export interface LabelledQuestion {
  readonly question: string
  readonly documentId: string
  readonly answer: string
}

/** Documents of one language, and questions about them. */
export interface QuestionSet {
  readonly language: string
  readonly documents: readonly LocalDocument[]
  readonly questions: readonly LabelledQuestion[]
}

const answer = z.object({ text: z.string() })

const xquad = z.object({
  data: z.array(
    z.object({
      paragraphs: z.array(
        z.object({
          context: z.string(),
          qas: z.array(z.object({ question: z.string(), answers: z.tuple([answer], answer) })),
        }),
      ),
    }),
  ),
})

/** Reads `xquad.<language>.json` (Artetxe et al. 2020, as published) of a folder: each paragraph is a document. */
export function readXquad(folder: string, language: string): QuestionSet {
  const { data } = xquad.parse(JSON.parse(readFileSync(join(folder, `xquad.${language}.json`), 'utf8')))
  const paragraphs = data
    .flatMap((article) => article.paragraphs)
    .map((paragraph, index) => ({ ...paragraph, documentId: `paragraph-${index}` }))
  return {
    language,
    documents: paragraphs.map(({ documentId, context }) => ({ documentId, text: context })),
    questions: paragraphs.flatMap(({ documentId, qas }) =>
      qas.map(({ question, answers }) => ({ question, documentId, answer: answers[0].text })),
    ),
  }
}
