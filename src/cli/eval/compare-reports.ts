import { measure, type Measures, type ShareName } from './measures.ts'
import type { QuestionReport } from './question-report.ts'
import type { EvalReport, Pipeline } from './report.ts'

/** The limits of a comparison. */
export interface CompareOptions {
  /**
   * The amount by which a measure may fall, from 0 to 1. With 0, also each question that passed and now fails is a loss.
   * Above 0, such a question counts only by the share of questions that passed: the answers of a language model vary.
   */
  readonly tolerance: number
  /** The share by which the median time to the end may rise, such as 0.5 for half; undefined for no limit. */
  readonly maxLatencyLoss: number | undefined
}

/** A report beside an earlier one. */
export interface Comparison {
  /** The measures of the earlier report, over the questions that are the same in both. */
  readonly before: Measures
  /** The measures of this report, over the same questions. */
  readonly after: Measures
  /** Ids of the questions that are the same in both, and are compared. */
  readonly compared: readonly string[]
  /** Ids of the questions that only this report has. */
  readonly added: readonly string[]
  /** Ids of the questions that only the earlier report has. */
  readonly removed: readonly string[]
  /** Ids of the questions whose text, conversation or expectations have changed. They are not compared. */
  readonly changed: readonly string[]
  /** The differences of the pipelines, each as a sentence. */
  readonly differences: readonly string[]
  /** Ids of the questions that passed and now fail. */
  readonly worse: readonly string[]
  /** Ids of the questions that failed and now pass. */
  readonly better: readonly string[]
  /** The losses, each as a sentence. The command fails if there is one. */
  readonly losses: readonly string[]
}

/** The measures that a loss is judged by, and 1 if a higher value is better, or -1. */
export const DIRECTIONS: Readonly<Record<ShareName, 1 | -1>> = {
  passed: 1,
  completed: 1,
  recall: 1,
  pageRecall: 1,
  reciprocalRank: 1,
  citesExpected: 1,
  contains: 1,
  cited: 1,
  supported: 1,
  unsupported: -1,
  answered: 1,
  refused: 1,
}

/** The names of these measures, in the order of the table. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the record are the names
export const SHARE_NAMES = Object.keys(DIRECTIONS) as readonly ShareName[]

// Sums of shares differ in their last digits.
const ROUNDING = 1e-9

/** Compares a report with an earlier one, over the questions that are the same in both. */
export function compareReports(before: EvalReport, after: EvalReport, options: CompareOptions): Comparison {
  const earlier = new Map(before.questions.map((question) => [question.id, question]))
  const pairs = after.questions.flatMap((now) => {
    const old = earlier.get(now.id)
    return old ? [{ id: now.id, old, now, isSame: signatureOf(old) === signatureOf(now) }] : []
  })
  const same = pairs.filter(({ isSame }) => isSame)
  const known = new Set(pairs.map(({ id }) => id))
  const then = measure(same.map((pair) => pair.old))
  const now = measure(same.map((pair) => pair.now))
  const worse = same.filter((pair) => pair.old.passed === true && pair.now.passed === false).map(({ id }) => id)
  const flips = options.tolerance === 0 ? worse.map((id) => `"${id}" passed, and now fails`) : []
  return {
    before: then,
    after: now,
    compared: same.map(({ id }) => id),
    added: after.questions.flatMap(({ id }) => (known.has(id) ? [] : [id])),
    removed: before.questions.flatMap(({ id }) => (known.has(id) ? [] : [id])),
    changed: pairs.flatMap(({ id, isSame }) => (isSame ? [] : [id])),
    differences: differencesOf(before, after),
    worse,
    better: same.filter((pair) => pair.old.passed === false && pair.now.passed === true).map(({ id }) => id),
    losses: [...flips, ...lossesOf(then, now, options), ...latencyLoss(then, now, options)],
  }
}

function lossesOf(before: Measures, after: Measures, { tolerance }: CompareOptions): readonly string[] {
  return SHARE_NAMES.flatMap((name) => {
    const [then, now] = [before[name].value, after[name].value]
    // A value that appears or disappears has nothing to be compared with. The other measures show why.
    if (then === null || now === null) return []
    const loss = (then - now) * DIRECTIONS[name]
    if (loss <= tolerance + ROUNDING) return []
    return [`${name} ${DIRECTIONS[name] === 1 ? 'fell' : 'rose'} from ${then.toFixed(3)} to ${now.toFixed(3)}`]
  })
}

function latencyLoss(before: Measures, after: Measures, { maxLatencyLoss }: CompareOptions): readonly string[] {
  const [then, now] = [before.totalMs.median, after.totalMs.median]
  if (maxLatencyLoss === undefined || then === null || now === null || now <= then * (1 + maxLatencyLoss)) return []
  return [`the median time to the end rose from ${Math.round(then)} ms to ${Math.round(now)} ms`]
}

function signatureOf({ question, thread, expected }: QuestionReport): string {
  return JSON.stringify([question, thread, expected.sources, expected.contains, expected.refuses])
}

function differencesOf(before: EvalReport, after: EvalReport): readonly string[] {
  const facts = (report: EvalReport) => ({
    model: report.pipeline.model,
    embedder: report.pipeline.embedder ?? 'none',
    'chunk size': report.pipeline.chunkChars,
    topK: report.pipeline.topK ?? 'its default',
    'version of ragwire': report.pipeline.ragwire,
    concurrency: report.concurrency,
  })
  const now = Object.entries(facts(after))
  const changed = Object.entries(facts(before)).flatMap(([name, then], index) =>
    then === now[index]?.[1] ? [] : [`The ${name} changed from ${then} to ${now[index]?.[1]}`],
  )
  return [
    ...changed,
    ...documentChanges(before.pipeline, after.pipeline),
    ...(before.complete ? [] : ['The baseline is partial, because its run was stopped']),
  ]
}

function documentChanges({ documents: before }: Pipeline, { documents: after }: Pipeline): readonly string[] {
  const ids = { before: Object.keys(before), after: Object.keys(after) }
  const changes = {
    removed: ids.before.filter((id) => !Object.hasOwn(after, id)),
    added: ids.after.filter((id) => !Object.hasOwn(before, id)),
    changed: ids.after.filter((id) => Object.hasOwn(before, id) && before[id] !== after[id]),
  }
  return Object.entries(changes).flatMap(([change, list]) =>
    list.length === 0
      ? []
      : [`${list.length} document${list.length === 1 ? ' was' : 's were'} ${change}: ${some(list)}`],
  )
}

const SHOWN = 5

function some(ids: readonly string[]): string {
  const rest = ids.length - SHOWN
  return ids.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
