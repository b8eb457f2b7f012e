import { join } from 'node:path'
import { startChild, type Child, type ChildOptions } from './child.ts'
import type { ClientQuestion } from './client.ts'
import type { ServerQuestion } from './servers/serve.ts'
import type { ServerName } from './servers/names.ts'
import type { Workload } from './workload.ts'

/** A server of the tree, or one that runs an older version of the library. */
export type LaneName = ServerName | `old-${ServerName}`

/** A server to start. */
export interface LaneSpec {
  readonly name: LaneName
  /** The file of the server. */
  readonly file: string
  /** The file for a CPU profile of the server, if there is one. */
  readonly profile?: string | undefined
}

/** A server and the client that loads it, each in a process of its own. */
export interface Lane {
  readonly name: LaneName
  readonly server: Child<ServerQuestion>
  readonly client: Child<ClientQuestion>
  /** Reads `streams` answers at the same time. Rejects unless all of them are complete. */
  readAnswers(streams: number): Promise<void>
}

/** The processes that the lanes share. */
export interface Lanes {
  readonly lanes: readonly Lane[]
  /** Sets the answers of the upstream from now on. */
  setWorkload(workload: Workload): Promise<void>
}

const HERE = import.meta.dirname
// Tokens that come many at a time, and one at a time.
const WARM_UPS = [
  { streams: 8, workload: { tokens: 2_000, intervalMs: 0, cited: true } },
  { streams: 8, workload: { tokens: 2_000, intervalMs: 0, cited: true } },
  { streams: 32, workload: { tokens: 100, intervalMs: 5, cited: false } },
]

/** Starts every process, warms the servers up, and ends all of them after `run`. */
export async function withLanes<Result>(
  specs: readonly LaneSpec[],
  run: (lanes: Lanes) => Promise<Result>,
): Promise<Result> {
  const children: Child<never>[] = []
  const start = <Question extends string | object>(file: string, options?: ChildOptions): Child<Question> => {
    const child = startChild<Question>(file, options)
    children.push(child)
    return child
  }
  try {
    const lanes = await openLanes(specs, start)
    await warmUp(lanes)
    return await run(lanes)
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

async function openLanes(specs: readonly LaneSpec[], start: typeof startChild): Promise<Lanes> {
  const upstream = start<Workload>(join(HERE, 'upstream.ts'))
  let workload: Workload = { tokens: 0, intervalMs: 0, cited: false }
  const upstreamPort = await upstream.ask(workload)

  async function openLane({ name, file, profile }: LaneSpec): Promise<Lane> {
    const server = start<ServerQuestion>(file, { args: [String(upstreamPort)], profile })
    const client = start<ClientQuestion>(join(HERE, 'client.ts'))
    const port = await server.ask('port')
    return {
      name,
      server,
      client,
      async readAnswers(streams) {
        const whole = await client.ask({ port, streams, workload })
        if (whole < streams) throw new Error(`${name}: only ${whole} of ${streams} answers came whole`)
      },
    }
  }

  return {
    lanes: await Promise.all(specs.map(openLane)),
    async setWorkload(next) {
      workload = next
      await upstream.ask(next)
    },
  }
}

/** Lets the compilers of the engine finish before the measurement. */
async function warmUp({ lanes, setWorkload }: Lanes): Promise<void> {
  for (const { streams, workload } of WARM_UPS) {
    await setWorkload(workload)
    for (const lane of lanes) await lane.readAnswers(streams)
  }
}
