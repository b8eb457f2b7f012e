import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ChatEvent } from '../../src/index.ts'
import { withinTimeLimit } from '../../src/testing/within-time-limit.ts'
import type { InstanceOptions, Say, Told } from './instance.ts'

const TIME_LIMIT_MS = 20_000

/** A server in a process of its own. */
export interface Instance {
  readonly port: number
  /** The number of calls of its model. */
  readonly generations: number
  /** Makes its model send this text. */
  say(text: string): void
  /** Ends the text of its model. */
  finish(): void
  /** Drops the text that its model has not sent yet. */
  clear(): void
  get(path: string): Promise<Response>
  post(path: string, body?: object): Promise<Response>
  /** Reads a run after a position. */
  read(runId: string, after: number): Promise<InstanceReader>
  /** Asks a question, and reads the answer. */
  ask(body: object): Promise<InstanceReader>
  /** Kills the process at once. */
  kill(): Promise<void>
}

/** The received part of a run. */
export interface InstanceReader {
  readonly events: readonly ChatEvent[]
  /** Resolves with the first received or future event that matches. */
  until(fits: (event: ChatEvent) => boolean): Promise<ChatEvent>
  /** Closes the response. */
  leave(): Promise<void>
}

/** Starts a server. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const child = fork(join(import.meta.dirname, 'instance.ts'), [JSON.stringify(options)])
  const exited = once(child, 'exit')
  const failed = exited.then(() => Promise.reject(new Error('The server ended before it had started')))
  // Only during its start.
  failed.catch(() => {})
  const started = Promise.race([once(child, 'message'), failed])
  const [{ port }] = await withinTimeLimit(started, TIME_LIMIT_MS, () => 'The server has not started')
  let generations = 0
  child.on('message', (message: Told) => {
    if (message === 'generation') generations += 1
  })
  const base = `http://127.0.0.1:${port}`
  const send = (message: Say): void => void child.send(message)

  function post(path: string, body: object = {}): Promise<Response> {
    const headers = { 'content-type': 'application/json', accept: 'application/x-ndjson' }
    return fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  return {
    port,
    get generations() {
      return generations
    },
    say: (text) => send({ text }),
    finish: () => send('finish'),
    clear: () => send('clear'),
    get: (path) => fetch(base + path),
    post,
    async read(runId, after) {
      const headers = { accept: 'application/x-ndjson' }
      return tail(await fetch(`${base}/runs/${runId}/events?after=${after}`, { headers }))
    },
    ask: async (body) => tail(await post('/chat', body)),
    async kill() {
      child.kill('SIGKILL')
      await withinTimeLimit(exited, TIME_LIMIT_MS, () => 'The server did not end')
    },
  }
}

async function tail(response: Response): Promise<InstanceReader> {
  if (response.status !== 200) throw new Error(`The server answered ${response.status}: ${await response.text()}`)
  const events: ChatEvent[] = []
  const waiting = new Set<() => void>()
  const reader = response.body?.getReader()
  let failure: unknown = new Error('The stream ended before its time')
  let over = false

  function wake(): void {
    for (const look of waiting) look()
  }

  async function readLines(): Promise<void> {
    let rest = ''
    try {
      const decoder = new TextDecoder()
      for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
        const text = decoder.decode(next.value, { stream: true })
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        events.push(...lines.filter((line) => line !== '').map((line): ChatEvent => JSON.parse(line)))
        wake()
      }
    } catch (thrown) {
      failure = thrown
    }
    over = true
    wake()
  }

  void readLines()
  return {
    events,
    leave: async () => reader?.cancel(),
    async until(fits) {
      const found = Promise.withResolvers<ChatEvent>()
      const look = (): void => {
        const event = events.find(fits)
        if (event) found.resolve(event)
        else if (over) found.reject(failure)
      }
      waiting.add(look)
      look()
      try {
        return await withinTimeLimit(found.promise, TIME_LIMIT_MS, () => `Of ${JSON.stringify(events)} none fits`)
      } finally {
        waiting.delete(look)
      }
    },
  }
}
