import * as z from 'zod'
import { nearestName } from '../../core/options/nearest-name.ts'
import type { Expected } from './question-report.ts'

/** A question of the file. */
export interface EvalQuestion {
  /** Unique in the file: its `id`, or else the question. */
  readonly id: string
  /** The question. */
  readonly question: string
  /** The conversation that it belongs to. Its questions are asked in the order of the file. */
  readonly thread: string | null
  /** The expectations. */
  readonly expected: Expected
  /** Further phrases by which a refusal is recognised. */
  readonly refusalPhrases: readonly string[]
}

const text = z.string().trim().min(1)
// An entry is one text, or a list of alternatives of which one is enough.
const alternatives = z.union([text, z.array(text).min(1)])
const entries = z.union([text, z.array(alternatives)])

const QUESTION = z
  .strictObject({
    question: text,
    id: text,
    thread: text,
    sources: entries,
    contains: entries,
    refuses: z.union([z.boolean(), text, z.array(text).min(1)]),
  })
  .partial({ id: true, thread: true, sources: true, contains: true, refuses: true })

const FIELDS = Object.keys(QUESTION.shape)

const FORMS: Readonly<Record<string, string>> = {
  question: 'a text',
  id: 'a text',
  thread: 'a text',
  sources: 'a list of document ids, such as ["tea.md", "handbook.pdf#page=3"]',
  contains: 'a list of texts, such as ["80 °C"]',
  refuses: 'true, false, or phrases of a refusal',
}

/**
 * Reads a question from a parsed value.
 *
 * @throws TypeError that names the field and its form
 */
export function toQuestion(value: unknown): EvalQuestion {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('it must be an object, such as {"question": "How hot is green tea steeped?"}')
  }
  const parsed = QUESTION.safeParse(value)
  if (!parsed.success) throw new TypeError(explain(parsed.error, value))
  const { question, id = question, thread = null, sources, contains, refuses } = parsed.data
  const expected = { sources: toEntries(sources), contains: toEntries(contains), refuses: toRefuses(refuses) }
  if (expected.refuses === true && expected.sources.length + expected.contains.length > 0) {
    throw new TypeError('it expects a refusal, so remove sources and contains, or refuses')
  }
  return { id, question, thread, expected, refusalPhrases: typeof refuses === 'boolean' ? [] : [refuses ?? []].flat() }
}

function explain(error: z.ZodError, value: object): string {
  for (const { code, path, ...issue } of error.issues) {
    if (code === 'unrecognized_keys' && 'keys' in issue) {
      const [key = ''] = issue.keys
      const nearest = nearestName(key, FIELDS)
      return `it has no field "${key}"${nearest === undefined ? `, only ${FIELDS.join(', ')}` : `: did you mean "${nearest}"?`}`
    }
    const field = String(path[0] ?? '')
    if (!Object.hasOwn(value, field)) return `it has no ${field}`
    return `${field} must be ${FORMS[field] ?? 'valid'}, and not empty`
  }
  return error.message
}

function toEntries(given: z.infer<typeof entries> | undefined): readonly (readonly string[])[] {
  return [given ?? []].flat().map((entry) => [entry].flat())
}

function toRefuses(refuses: boolean | string | readonly string[] | undefined): boolean | null {
  if (refuses === undefined) return null
  return typeof refuses === 'boolean' ? refuses : true
}
