import { startChild, type Child } from './child.ts'
import type { Load } from './client.ts'
import type { ServerQuestion } from './servers/serve.ts'
import type { Workload } from './workload.ts'

export const SERVER_NAMES = ['pipe', 'relay', 'ragwire'] as const
export type ServerName = (typeof SERVER_NAMES)[number]

/** A server and the client that loads it, each in a process of its own. */
export interface Lane {
  readonly name: ServerName
  readonly server: Child<ServerQuestion>
  /** Reads `streams` answers at the same time. Rejects unless all of them are complete. */
  readAnswers(streams: number): Promise<void>
}

/** The processes that the lanes share. */
export interface Lanes {
  readonly lanes: readonly Lane[]
  /** Sets the answers of the upstream from now on. */
  setWorkload(workload: Workload): Promise<void>
}

const WARM_UP = { tokens: 2_000, intervalMs: 0, cited: true, streams: 8, rounds: 2 }

/** Starts every process, warms the servers up, and ends all of them after `run`. */
export async function withLanes<Result>(run: (lanes: Lanes) => Promise<Result>): Promise<Result> {
  const children: Child<never>[] = []
  const start = <Question extends string | object>(file: string, ...args: readonly string[]): Child<Question> => {
    const child = startChild<Question>(file, ...args)
    children.push(child)
    return child
  }
  try {
    const lanes = await openLanes(start)
    await warmUp(lanes)
    return await run(lanes)
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

async function openLanes(start: typeof startChild): Promise<Lanes> {
  const upstream = start<Workload>('upstream.ts')
  let workload: Workload = WARM_UP
  const upstreamPort = await upstream.ask(workload)

  async function openLane(name: ServerName): Promise<Lane> {
    const server = start<ServerQuestion>(`servers/${name}.ts`, String(upstreamPort))
    const client = start<Load>('client.ts')
    const port = await server.ask('port')
    return {
      name,
      server,
      async readAnswers(streams) {
        const whole = await client.ask({ port, streams, workload })
        if (whole < streams) throw new Error(`${name}: only ${whole} of ${streams} answers came whole`)
      },
    }
  }

  return {
    lanes: await Promise.all(SERVER_NAMES.map(openLane)),
    async setWorkload(next) {
      workload = next
      await upstream.ask(next)
    },
  }
}

/** Lets the compilers of the engine finish before the measurement. */
async function warmUp({ lanes }: Lanes): Promise<void> {
  for (let round = 0; round < WARM_UP.rounds; round++) {
    for (const lane of lanes) await lane.readAnswers(WARM_UP.streams)
  }
}
