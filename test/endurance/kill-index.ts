// `npm run kill:index -- --store sqlite|postgres|file [--kills N] [--seed N]`: kills a process with SIGKILL at random
// moments of its indexing, opens the index in a new process, and checks it: no document that was acknowledged may be
// lost, none may be there in part, and the sync must come to its end from there.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres-server.ts'
import { documentIdOf, DOCUMENTS, FIRST_ROUND, versionOf } from './generated-documents.ts'
import type { FoundVersion, IndexPhase, IndexReportLine } from './index-app.ts'
import { INDEX_STORE_NAMES, type IndexStoreName } from './index-stores.ts'
import { createRandom, type Random } from './random.ts'
import { startIndexApp } from './start-index-app.ts'

// A commit or a save of these documents takes some milliseconds, a round of them some tens.
const PHASE_MS: Readonly<Record<IndexPhase, number>> = { reading: 60, committing: 12, saving: 12 }
const MOST_PHASES = 4
/** So many kills hit each phase. */
const ENOUGH_KILLS = 50

const options = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
}).values

const store = INDEX_STORE_NAMES.find((name) => name === options.store)
if (!store) throw new Error(`Cannot use the store ${options.store}: it must be one of ${INDEX_STORE_NAMES.join(', ')}`)
process.exitCode = (await killAll(store, Number(options.kills), Number(options.seed))) ? 0 : 1

/** The state over all kills. */
interface Tally {
  /** The latest round in which each document was acknowledged. */
  readonly acknowledged: Map<string, number>
  readonly phases: Record<IndexPhase, number>
  /** Acknowledgements of documents in a round. */
  acknowledgements: number
  /** The round that the process works on. */
  round: number
  phase: IndexPhase
  lost: number
  half: number
  checks: number
}

async function killAll(name: IndexStoreName, kills: number, seed: number): Promise<boolean> {
  console.log(`index in ${name}, ${kills} kills, --seed ${seed}`)
  const started = performance.now()
  const random = createRandom(seed)
  const tally: Tally = {
    acknowledged: new Map(),
    phases: { reading: 0, committing: 0, saving: 0 },
    acknowledgements: 0,
    round: FIRST_ROUND,
    phase: 'reading',
    lost: 0,
    half: 0,
    checks: 0,
  }
  await using resources = new AsyncDisposableStack()
  const at = await placeOf(name, resources)
  const targets: readonly IndexPhase[] =
    name === 'file' ? ['reading', 'committing', 'saving'] : ['reading', 'committing']
  for (let kill = 0; kill <= kills; kill++) {
    const app = startIndexApp({ store: name, at, round: tally.round }, (line) => onLine(line, tally))
    try {
      await app.until(({ type }) => type === 'continued')
      // The last process is killed only to end it.
      if (kill < kills) await reachMoment(app.until, targets[kill % targets.length] ?? 'reading', random)
    } finally {
      await app.kill()
    }
    if (kill < kills) tally.phases[tally.phase] += 1
    if (kill % 50 === 49) console.log(`${kill + 1} kills, ${tally.lost} lost, ${tally.half} in part`)
  }
  return report(tally, { kills, targets, seconds: (performance.now() - started) / 1000 })
}

async function placeOf(name: IndexStoreName, resources: AsyncDisposableStack): Promise<string> {
  if (name === 'postgres') return resources.adopt(await startPostgres(), ({ close }) => close()).url()
  const folder = mkdtempSync(join(tmpdir(), 'ragwire-kill-index-'))
  resources.defer(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'index')
}

/** Waits until a phase has begun some times, and then for a random time. */
async function reachMoment(
  until: (isIt: (line: IndexReportLine) => boolean) => Promise<void>,
  phase: IndexPhase,
  random: Random,
): Promise<void> {
  let left = 1 + Math.floor(random.next() * MOST_PHASES)
  await until((line) => line.type === 'phase' && line.phase === phase && --left === 0)
  await sleep(random.next() * PHASE_MS[phase])
}

function onLine(line: IndexReportLine, tally: Tally): void {
  switch (line.type) {
    case 'phase':
      tally.phase = line.phase
      tally.round = line.round
      return
    case 'acknowledged':
      tally.acknowledgements += line.documents.length
      for (const { documentId, round } of line.documents) tally.acknowledged.set(documentId, round)
      return
    case 'found':
      tally.checks += 1
      tally.half += complain(line.problems)
      tally.lost += complain(findLost(new Map(line.versions), tally))
      return
    case 'continued':
      tally.half += complain(line.problems)
      return
    default:
      line satisfies never
  }
}

/** A document must be as it was acknowledged, or as it is in a later round that had begun. */
function findLost(found: ReadonlyMap<FoundVersion[0], FoundVersion[1]>, { acknowledged, round }: Tally): string[] {
  return Array.from({ length: DOCUMENTS }, (_, index) => index).flatMap((index) => {
    const documentId = documentIdOf(index)
    const first = acknowledged.get(documentId)
    const allowed = new Set<number | undefined>(first === undefined ? [undefined] : [])
    for (let at = first ?? FIRST_ROUND; at <= round; at++) allowed.add(versionOf(index, at))
    const version = found.get(documentId)
    if (allowed.has(version)) return []
    return [`${documentId} has version ${version}, and only ${[...allowed].join(', ')} are possible in round ${round}`]
  })
}

function complain(problems: readonly string[]): number {
  for (const problem of problems) console.log(problem)
  return problems.length
}

function report(
  { phases, acknowledgements, lost, half, checks, round }: Tally,
  run: { readonly kills: number; readonly targets: readonly IndexPhase[]; readonly seconds: number },
): boolean {
  const { kills, targets, seconds } = run
  const missed = targets.filter((phase) => phases[phase] === 0)
  console.log(`phases when killed: ${targets.map((phase) => `${phase} ${phases[phase]}`).join(', ')}`)
  if (missed.length > 0) console.log(`no kill hit the phase ${missed.join(', ')}`)
  console.log(
    `${kills} kills in ${seconds.toFixed(0)} s, ${round - FIRST_ROUND + 1} rounds, ${acknowledgements} acknowledgements, ${lost} lost, ${half} in part`,
  )
  // With few kills, chance may miss a phase, such as a commit in memory, which is short.
  const isAimed = missed.length === 0 || kills < ENOUGH_KILLS
  return lost === 0 && half === 0 && isAimed && checks === kills + 1 && acknowledgements > 0
}
