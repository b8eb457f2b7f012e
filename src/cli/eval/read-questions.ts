import { usageError } from '../command-line/cli-error.ts'
import { reasonOf } from '../command-line/reason-of.ts'
import { readText } from './read-text.ts'
import { toQuestion, type EvalQuestion } from './question.ts'

/**
 * Reads a file of questions: JSON Lines, or one JSON array.
 *
 * @throws CliError that names the file, the line and the problem
 */
export async function readQuestions(file: string, cwd: string): Promise<readonly EvalQuestion[]> {
  const questions = parseQuestions(await readText(file, cwd, 'documents are named with --docs'), file)
  if (questions.length === 0) {
    throw usageError(`Cannot use ${file}: it has no questions, so write one in each line: {"question": "…"}`)
  }
  return questions
}

/**
 * Parses the text of a file of questions.
 *
 * @throws CliError that names the first broken line, and the number of the others
 */
export function parseQuestions(content: string, file: string): readonly EvalQuestion[] {
  const questions: EvalQuestion[] = []
  const problems: string[] = []
  const places = new Map<string, string>()
  for (const { place, read } of content.trimStart().startsWith('[') ? itemsOf(content, file) : linesOf(content)) {
    try {
      const question = toQuestion(read())
      const first = places.get(question.id)
      if (first !== undefined)
        throw new TypeError(`its id "${question.id}" is that of ${first}: give each its own "id"`)
      places.set(question.id, place)
      questions.push(question)
    } catch (thrown) {
      problems.push(`${place}: ${reasonOf(thrown)}`)
    }
  }
  const [problem, ...others] = problems
  if (problem === undefined) return questions
  const more = others.length === 0 ? '' : ` (and ${others.length} more like it)`
  throw usageError(`Cannot use ${file}, ${problem}${more}`)
}

/** One question of a file that is not parsed yet. */
interface Item {
  readonly place: string
  read(): unknown
}

function itemsOf(content: string, file: string): readonly Item[] {
  const items: unknown = parseJson(content, file)
  if (!Array.isArray(items)) throw usageError(`Cannot use ${file}: it must be JSON Lines or one JSON array`)
  return items.map((item: unknown, index) => ({ place: `question ${index + 1}`, read: () => item }))
}

function linesOf(content: string): readonly Item[] {
  return content.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    return { place: `line ${index + 1}`, read: () => parseLine(line) }
  })
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new TypeError(`it is not JSON (${reasonOf(cause)})`, { cause })
  }
}

function parseJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content)
  } catch (cause) {
    throw usageError(`Cannot use ${file}: it is not JSON (${reasonOf(cause)})`, cause)
  }
}
