// Measures a check that asks a model, over HTTP and with scripted verdicts: `node test/eval/model-judge.ts --data DIR`.
import { parseArgs } from 'node:util'
import OpenAI from 'openai'
import { createCitationCheck } from '../../src/core/citation/create-citation-check.ts'
import { modelCitationCheck, type ModelCitationCheckOptions } from '../../src/core/citation/model-citation-check.ts'
import type { CitationCheck } from '../../src/core/vocabulary/citation-check.ts'
import type { Support } from '../../src/core/vocabulary/citations.ts'
import { openaiChatModel } from '../../src/openai.ts'
import { createFaultServer, faults, type FaultHit } from '../../src/testing.ts'
import { readBegin, type JudgedClaim } from './grounding-data.ts'
import { seededRandom } from './grounding-metrics.ts'
import type { Row } from './report.ts'

/** Requests at the same time. */
const AT_ONCE = 16

/**
 * Measures what a judge of a known quality adds to the built-in check on BEGIN. The server gives scripted verdicts, so the
 * figures show the seam and not a model: how many claims reach the judge, and what becomes of its errors.
 */
export async function evaluateModelJudge(dataDir: string): Promise<readonly Row[]> {
  const begin = await readBegin(dataDir)
  const builtIn = await judgeAll(begin, createCitationCheck())
  const right = await withScript(begin, { accuracy: 1 })
  const often = await withScript(begin, { accuracy: 0.9 })
  const all = await withScript(begin, { accuracy: 0.9, ask: 'all' })
  const junk = await withScript(begin, { accuracy: 0 })
  const alone = f1Of(builtIn)
  // A judge must not make the check worse; how much better it is says something about the script only.
  const judged = (judge: string, labels: readonly Labelled[]): Row => ({
    measure: `BEGIN F1 of supported: and a judge that is ${judge}`,
    value: f1Of(labels),
    baseline: alone,
    good: alone,
  })
  return [
    { measure: 'BEGIN F1 of supported: built-in check', value: alone },
    judged('always right, for weak claims', right.labels),
    judged('right in 9 of 10, for weak claims', often.labels),
    judged('right in 9 of 10, for all claims', all.labels),
    { measure: 'BEGIN share of claims that reach the judge, for weak claims', value: often.asked / begin.length },
    {
      measure: 'BEGIN share of labels that a judge without verdicts leaves unchanged',
      value: equalShare(junk.labels, builtIn),
      good: 1,
    },
  ]
}

interface Labelled extends JudgedClaim {
  readonly support: Support | undefined
}

interface ScriptOptions extends Pick<ModelCitationCheckOptions, 'ask'> {
  /** The share of right verdicts; 0 for a model that gives none. */
  readonly accuracy: number
}

async function withScript(
  begin: readonly JudgedClaim[],
  { accuracy, ask }: ScriptOptions,
): Promise<{ readonly labels: readonly Labelled[]; readonly asked: number }> {
  const random = seededRandom(7)
  const verdicts = new Map(begin.map((judged) => [keyOf(judged), random() < accuracy === judged.isAttributable]))
  const verdictOn = (hit: FaultHit): string => {
    if (accuracy === 0) return JUNK[hit.index % JUNK.length] ?? ''
    return JSON.stringify({
      support: verdicts.get(keyOf(questionIn(hit))) ? 'supported' : 'unsupported',
      reason: 'scripted',
    })
  }
  await using server = await createFaultServer({ behaviour: faults.answer(verdictOn) })
  const client = new OpenAI({ apiKey: 'key', baseURL: server.baseURL, maxRetries: 0 })
  const check = modelCitationCheck({ model: openaiChatModel({ client, model: 'judge' }), ask })
  return { labels: await judgeAll(begin, check), asked: server.hits.length }
}

const JUNK = ['I cannot judge that.', '{"support":"supp', '{"support":"maybe"}', 'Supported, or weak?']

function keyOf({ claim, source }: Pick<JudgedClaim, 'claim' | 'source'>): string {
  return `${claim}\n${source}`
}

/** Reads the claim from the prompt, as a model does. */
function questionIn({ body }: FaultHit): Pick<JudgedClaim, 'claim' | 'source'> {
  // The request of our own prompt: another shape should fail.
  const { messages } = body as { readonly messages: readonly { readonly content: string }[] }
  const { claim, sources } = JSON.parse(messages.at(-1)?.content ?? '') as {
    readonly claim: string
    readonly sources: readonly { readonly text: string }[]
  }
  return { claim, source: sources[0]?.text ?? '' }
}

async function judgeAll(begin: readonly JudgedClaim[], check: CitationCheck): Promise<readonly Labelled[]> {
  const labels: Labelled[] = []
  const { signal } = new AbortController()
  const ids = { number: 1, sourceId: 's', documentId: 'd', chunkId: 'c', title: '', metadata: {} }
  for (let from = 0; from < begin.length; from += AT_ONCE) {
    const outcomes = begin.slice(from, from + AT_ONCE).map(async (judged) => {
      const outcome = await check({ claim: judged.claim, source: { ...ids, text: judged.source } }, { signal })
      return { ...judged, support: outcome?.support }
    })
    labels.push(...(await Promise.all(outcomes)))
  }
  return labels
}

/** F1 of `supported` as the answer to "is it attributable?". */
function f1Of(labels: readonly Labelled[]): number {
  const called = labels.filter(({ support }) => support === 'supported')
  const right = called.filter(({ isAttributable }) => isAttributable).length
  return (2 * right) / (called.length + labels.filter(({ isAttributable }) => isAttributable).length)
}

function equalShare(a: readonly Labelled[], b: readonly Labelled[]): number {
  return a.filter(({ support }, at) => support === b[at]?.support).length / a.length
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { data: { type: 'string' } } })
  if (values.data === undefined)
    throw new Error('Name the folder of the data: node test/eval/model-judge.ts --data DIR')
  console.table((await evaluateModelJudge(values.data)).map((row) => ({ ...row, value: row.value.toFixed(3) })))
}
