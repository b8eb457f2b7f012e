// Draws zero-key answers for a reader: node test/eval/draw-answers.ts --data FOLDER --seed NUMBER > drawn.jsonl
// The reader adds `isUseful` and, if it is not, a `cause` to each line. A reading in this project has no texts of others:
// with `--ids`, a question of a public data set is its id only.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { collectChat, streamChat, type Retriever } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { indexHeldOut, indexProject } from './first-questions.ts'
import { FIRST_QUESTIONS } from './first-questions-data.ts'
import { HELD_OUT_QUESTIONS } from './held-out-questions.ts'
import { FOLDER_QUESTIONS, PROJECT_QUESTIONS } from './reader-questions.ts'
import { readXquad } from './xquad.ts'

/** A question to draw. */
interface Drawable {
  /** Its set and number, such as `xquad-en:17`. */
  readonly id: string
  readonly question: string
  readonly retriever: Retriever
  /** The expected answer, if the data has one. */
  readonly gold?: string | undefined
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: '1' },
    ids: { type: 'boolean', default: false },
  },
})
const { data, seed, ids } = values
if (data === undefined) throw new TypeError('Cannot draw answers without --data: name the folder of the data')

const HAN = /\p{Script=Han}/u
const model = extractiveChatModel({ wordsPerSecond: Infinity })
const [project, heldOut] = [(await indexProject()).retriever(), (await indexHeldOut()).retriever()]
const ofProject = own('project', project, [
  ...FIRST_QUESTIONS.map(({ question }) => question),
  ...PROJECT_QUESTIONS.en,
  ...PROJECT_QUESTIONS.zh,
])
const ofFolder = own('folder', heldOut, [
  ...HELD_OUT_QUESTIONS.map(({ question }) => question),
  ...FOLDER_QUESTIONS.en,
  ...FOLDER_QUESTIONS.zh,
])
const random = mulberry32(Number(seed))
const isChinese = ({ question }: Drawable): boolean => HAN.test(question)
const isOther = (drawable: Drawable): boolean => !isChinese(drawable)
// 60 in English, 40 in Chinese and 20 in German. MTRAG has long questions, the others short ones.
await answerAll([
  ...draw(xquad(data, 'en'), 20),
  ...draw(ofProject.filter(isOther), 15),
  ...draw(ofFolder.filter(isOther), 10),
  ...draw(mtrag(data), 15),
  ...draw(xquad(data, 'zh'), 26),
  ...draw(ofProject.filter(isChinese), 9),
  ...draw(ofFolder.filter(isChinese), 5),
  ...draw(xquad(data, 'de'), 20),
])

function own(name: string, retriever: Retriever, questions: readonly string[]): readonly Drawable[] {
  return [...new Set(questions)].map((question, index) => ({ id: `${name}:${index}`, question, retriever }))
}

function xquad(folder: string, language: string): readonly Drawable[] {
  const { documents, questions } = readXquad(folder, language)
  const retriever = localRetriever(documents)
  return questions.map(({ question, answer }, index) => ({
    id: `xquad-${language}:${index}`,
    question,
    retriever,
    gold: answer,
  }))
}

/** Returns the rewrites that the passages of the pool answer, by the judgements of the data set. */
function mtrag(folder: string): readonly Drawable[] {
  const passage = z.object({ documentId: z.string(), text: z.string() })
  const passages = linesOf(folder, 'mtrag-passages.jsonl').map((line) => passage.parse(JSON.parse(line)))
  const inPool = new Set(passages.map(({ documentId }) => documentId))
  const retriever = localRetriever(passages)
  const rewrite = z.object({ _id: z.string(), text: z.string() })
  return ['cloud', 'govt'].flatMap((domain) => {
    const judged = linesOf(folder, `mtrag-${domain}-qrels.tsv`).map((line) => line.split('\t'))
    const answerable = new Set(judged.filter(([, passageId = '']) => inPool.has(passageId)).map(([id]) => id))
    return linesOf(folder, `mtrag-${domain}-rewrite.jsonl`)
      .map((line) => rewrite.parse(JSON.parse(line)))
      .filter(({ _id }) => answerable.has(_id))
      .map(({ _id, text }) => ({
        id: `mtrag-${domain}:${_id}`,
        question: text.replaceAll('|user|:', '').trim(),
        retriever,
      }))
  })
}

function linesOf(folder: string, file: string): readonly string[] {
  return readFileSync(join(folder, file), 'utf8').trim().split('\n')
}

/** Draws without repeats (Fisher and Yates). */
function draw(from: readonly Drawable[], count: number): readonly Drawable[] {
  const left = [...from]
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [drawn] = left.splice(Math.floor(random() * left.length), 1)
    return drawn
  }).filter((drawn) => drawn !== undefined)
}

async function answerAll(drawn: readonly Drawable[]): Promise<void> {
  for (const { id, question, retriever, gold } of drawn) {
    const { answer, sources, citations } = await collectChat(streamChat({ question, retriever, model }))
    const cited = sources.filter(({ number }) => citations.some((citation) => citation.number === number))
    const titles = cited.map(({ number, title }) => `[${number}] ${title}`)
    const language = HAN.test(question) ? 'zh' : id.startsWith('xquad-de') ? 'de' : 'en'
    const isOwn = id.startsWith('project') || id.startsWith('folder')
    const texts = isOwn || !ids ? { question, answer, sources: titles, ...(gold !== undefined && { gold }) } : {}
    console.log(JSON.stringify({ id, language, ...texts }))
  }
}

/** Returns a generator of numbers from 0 to 1 with a seed; `Math.random` has none. */
function mulberry32(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
