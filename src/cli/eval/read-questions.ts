import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { usageError } from '../command-line/cli-error.ts'
import { readBounded } from '../command-line/read-bounded.ts'
import { codeOf, reasonOf } from '../command-line/reason-of.ts'
import { toQuestion, type EvalQuestion } from './question.ts'

/** Maximum size of a file of questions or of a report, in bytes. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024

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

/**
 * Reads a file as UTF-8, without a byte order mark.
 *
 * @throws CliError that names the file and the problem
 */
export async function readText(file: string, cwd: string, adviceOnFolders: string): Promise<string> {
  const path = resolve(cwd, file)
  let bytes: Uint8Array
  try {
    if ((await stat(path)).isDirectory()) throw new TypeError(`it is a folder: name a file, because ${adviceOnFolders}`)
    bytes = await readBounded(path, MAX_FILE_BYTES)
  } catch (cause) {
    throw usageError(`Cannot read ${file}: ${explain(cause)}`, cause)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw usageError(`Cannot read ${file}: it is not UTF-8, so save it as UTF-8`, cause)
  }
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

function explain(thrown: unknown): string {
  const code = codeOf(thrown)
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'it may not be read, so check its permissions'
  return reasonOf(thrown)
}
