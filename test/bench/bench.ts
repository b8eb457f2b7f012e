// The cost of a token and of an open stream on a server, compared with a bare relay and a byte pipe, on the loopback.
//   node test/bench/bench.ts [--only fast|cited|paced|heap] [--rounds N] [--write]
//   node test/bench/bench.ts retrieval [--only vectors|stores] [--rounds N] [--million]: searches instead, see retrieval/
//   node test/bench/bench.ts files: the indexing of 10,000 Markdown files instead
//   node test/bench/bench.ts dialects [--rounds N]: the encoders of the dialects instead, compared with native SSE
// It reads the built package, and fails when the fast case costs more than 1.2 times the bare relay. Only answers
// without citations are compared, because the relay finds none: `cited` shows the cost of citations.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { measureAnswers, measureHeap, measurePaced } from './measure.ts'
import { medianRatio, renderReport, type Row } from './report.ts'
import { runDialects } from './dialects/dialects.ts'
import { runFiles } from './files/files.ts'
import { runRetrieval } from './retrieval/retrieval.ts'

const MOST_FAST_RATIO = 1.2
const README = 'README.md'
const BLOCK = /(?<=<!-- bench -->\n)[\s\S]*?(?=<!-- \/bench -->)/u

const FAST = { streams: 32, tokens: 3_000, intervalMs: 0, cited: false }
const PACED = { streams: 50, tokens: 100, intervalMs: 50, cited: false }
const OPEN = { streams: 300, tokens: 5, intervalMs: 1_000, cited: false }

const CASES = {
  fast: {
    title: 'CPU per token, 32 streams as fast as they go',
    unit: 'µs',
    goal: 1,
    measure: (rounds = 7) => measureAnswers({ ...FAST, rounds }),
  },
  cited: {
    title: 'The same with a citation every 29 tokens, found and checked',
    unit: 'µs',
    measure: (rounds = 3) => measureAnswers({ ...FAST, cited: true, rounds }),
  },
  paced: {
    title: 'CPU per token, 50 streams of 20 tokens a second',
    unit: 'µs',
    goal: 1.1,
    measure: (rounds = 4) => measurePaced({ ...PACED, rounds }),
  },
  heap: {
    title: 'Live heap per stream, 300 open streams',
    unit: 'KiB',
    goal: 1.15,
    measure: (rounds = 2) => measureHeap({ ...OPEN, rounds }),
  },
}

const { values, positionals } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    write: { type: 'boolean', default: false },
    million: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
if (rounds !== undefined && !(rounds >= 1)) throw new RangeError(`Cannot run ${values.rounds} rounds`)
const [lane] = positionals
const { only, million } = values
if (lane === undefined) await runStreams()
else if (lane === 'retrieval') console.log(await runRetrieval({ rounds, million, only }))
else if (lane === 'files') console.log(await runFiles())
else if (lane === 'dialects') await runEncoders()
else throw new RangeError(`Cannot run ${lane}: there are retrieval, files and dialects`)

async function runEncoders(): Promise<void> {
  const { text, tooSlow } = await runDialects({ rounds })
  console.log(text)
  if (tooSlow.length === 0) return
  console.error(`Above the limit: ${tooSlow.join(', ')}`)
  process.exitCode = 1
}

async function runStreams(): Promise<void> {
  const chosen = Object.entries(CASES).filter(([name]) => values.only === undefined || values.only === name)
  if (chosen.length === 0) throw new RangeError(`Cannot run ${values.only}: there are ${Object.keys(CASES).join(', ')}`)

  const rows: Row[] = []
  for (const [name, { measure, ...row }] of chosen) {
    console.error(`Measuring ${name} ...`)
    const measured = { ...row, rounds: await measure(rounds) }
    rows.push(measured)
    const ratio = medianRatio(measured.rounds, 'ragwire')
    if (name === 'fast' && ratio > MOST_FAST_RATIO) {
      console.error(`${ratio.toFixed(2)} times the bare relay on a fast upstream, and ${MOST_FAST_RATIO} is the limit`)
      process.exitCode = 1
    }
  }
  const report = renderReport(rows)
  console.log(report)
  if (values.write)
    writeFileSync(
      README,
      readFileSync(README, 'utf8').replace(BLOCK, () => `\n${report}\n\n`),
    )
}
