// `npm run kill -- --store redis|postgres|sqlite [--kills N] [--seed N]`: kills the application with SIGKILL in every
// phase of a turn, starts it again, and checks what it had acknowledged: nothing may be lost or doubled.
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChatEvent, StoredTurn } from 'ragwire'
import { withinTimeLimit } from '../../src/testing/within-time-limit.ts'
import { askTurn, PHASES, type Phase, type Turn } from './ask-turn.ts'
import { createRandom, type Random } from './random.ts'
import { startApp, startUpstream, type AppProcess } from './start.ts'
import { startStore, STORE_NAMES, type StoreName } from './stores.ts'

const TOKENS = 20
const UPSTREAM = { tokens: TOKENS, intervalMs: 3 }
// Short, because each killed run is followed until its lease has expired.
const LEASE_MS = 500
const POLL_MS = 100
const TURN_LIMIT_MS = 20_000
const LEAST_ACKNOWLEDGED = 1 / 3

const options = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
}).values

const store = STORE_NAMES.find((name) => name !== 'none' && name === options.store)
if (!store) throw new Error(`Cannot use the store ${options.store}: it must be sqlite, postgres or redis`)
process.exitCode = (await killAll(store, Number(options.kills), Number(options.seed))) ? 0 : 1

/** The observations over all kills. */
interface Tally {
  readonly turns: Turn[]
  readonly phases: Record<Phase, number>
  lost: number
  doubled: number
}

async function killAll(name: StoreName, kills: number, seed: number): Promise<boolean> {
  console.log(`store ${name}, ${kills} kills, --seed ${seed}`)
  const random = createRandom(seed)
  const tally: Tally = {
    turns: [],
    phases: { asked: 0, begun: 0, answering: 0, saving: 0, answered: 0 },
    lost: 0,
    doubled: 0,
  }
  await using resources = new AsyncDisposableStack()
  const upstream = resources.adopt(await startUpstream(UPSTREAM), ({ kill }) => kill())
  const { address } = resources.adopt(await startStore(name), ({ close }) => close())
  const start = (): Promise<AppProcess> =>
    startApp({ upstreamPort: upstream.port, store: address, leaseMs: LEASE_MS, pollMs: POLL_MS, maxRuns: 100 })

  let interrupted: readonly Turn[] = []
  for (let kill = 0; kill < kills; kill++) {
    const app = await start()
    await askAgain(app, interrupted, tally)
    interrupted = await killDuringTurns(app, { phase: PHASES[kill % PHASES.length] ?? 'asked', random, tally })
    if (kill % 100 === 99) console.log(`${kill + 1} kills, ${acknowledged(tally).length} acknowledged`)
  }
  const app = resources.adopt(await start(), ({ kill }) => kill())
  await askAgain(app, interrupted, tally)
  await compare(app, tally.turns, tally)
  return report(tally, kills)
}

/**
 * Completes one turn, and kills the application when the next one has reached the phase; a third one runs in parallel.
 */
async function killDuringTurns(
  app: AppProcess,
  { phase, random, tally }: { readonly phase: Phase; readonly random: Random; readonly tally: Tally },
): Promise<readonly Turn[]> {
  const threadId = crypto.randomUUID()
  const first = askTurn(app.url, { threadId, tokens: TOKENS })
  await bounded(first.over)
  const beside = askTurn(app.url, { threadId: crypto.randomUUID(), tokens: TOKENS })
  await sleep(random.next() * TOKENS * UPSTREAM.intervalMs)

  const reached = Promise.withResolvers<void>()
  const word = 1 + Math.floor(random.next() * (TOKENS - 1))
  const isReached = createPhaseWatch(phase, word)
  const onEvent = (event: ChatEvent): void => void (isReached(event) && reached.resolve())
  const victim = askTurn(app.url, { threadId, tokens: TOKENS, onEvent })
  if (phase === 'asked') reached.resolve()
  await bounded(reached.promise)
  await sleep(random.next() * 2 * UPSTREAM.intervalMs)

  const turns = [first, beside, victim]
  // The state that the client sees at that moment; pending data may still arrive.
  await app.kill()
  await Promise.all(turns.map(({ over }) => bounded(over)))
  for (const turn of turns) tally.phases[turn.phase] += 1
  tally.turns.push(...turns)
  return turns.filter((turn) => !turn.acknowledged)
}

function createPhaseWatch(phase: Phase, word: number): (event: ChatEvent) => boolean {
  let words = 0
  return ({ type }) => {
    if (type === 'token') words += 1
    switch (phase) {
      case 'asked':
      case 'begun':
        return type === 'start'
      case 'answering':
        return words === word
      case 'saving':
        return words === TOKENS
      case 'answered':
        return type === 'done'
      default:
        return phase satisfies never
    }
  }
}

/** A client whose answer broke off asks again with the same id, which must not create a second turn. */
async function askAgain(app: AppProcess, interrupted: readonly Turn[], tally: Tally): Promise<void> {
  const again = interrupted.map(({ threadId, runId }) => askTurn(app.url, { threadId, runId, tokens: TOKENS }))
  await Promise.all(again.map(({ over }) => bounded(over)))
  tally.turns.push(...again.filter((turn) => turn.acknowledged))
  await compare(app, tally.turns.slice(-2 * interrupted.length - 3), tally)
}

/** Checks that the store contains the acknowledged results. */
async function compare(app: AppProcess, turns: readonly Turn[], tally: Tally): Promise<void> {
  for (const threadId of new Set(turns.map((turn) => turn.threadId))) {
    const stored = await loadThread(app, threadId)
    const runIds = stored.map(({ runId }) => runId)
    tally.doubled += runIds.length - new Set(runIds).size
    for (const turn of turns) {
      if (turn.threadId !== threadId || !turn.acknowledged) continue
      const kept = stored.find(({ runId }) => runId === turn.runId)?.result
      // Compared as JSON, because both were transmitted as JSON.
      if (!isDeepStrictEqual(kept, turn.acknowledged)) tally.lost += 1
    }
  }
}

async function loadThread(app: AppProcess, threadId: string): Promise<readonly StoredTurn[]> {
  const response = await fetch(`${app.url}/threads/${threadId}?limit=1000`)
  if (response.status === 404) return []
  if (!response.ok) throw new Error(`The server did not show a thread: ${await response.text()}`)
  const { turns } = (await response.json()) as { readonly turns: readonly StoredTurn[] }
  return turns
}

function acknowledged({ turns }: Tally): readonly Turn[] {
  return turns.filter((turn) => turn.acknowledged)
}

function report(tally: Tally, kills: number): boolean {
  const { phases, lost, doubled } = tally
  const count = acknowledged(tally).length
  const missed = PHASES.filter((phase) => phases[phase] === 0)
  console.log(`phases when killed: ${PHASES.map((phase) => `${phase} ${phases[phase]}`).join(', ')}`)
  if (missed.length > 0) console.log(`no kill hit the phase ${missed.join(', ')}`)
  console.log(`${kills} kills, ${count} acknowledged, ${lost} lost, ${doubled} doubled`)
  return lost === 0 && doubled === 0 && missed.length === 0 && count >= tally.turns.length * LEAST_ACKNOWLEDGED
}

function bounded(promise: Promise<void>): Promise<void> {
  return withinTimeLimit(promise, TURN_LIMIT_MS, () => 'A turn did not end')
}
