import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ChatEvent } from '../../../src/index.ts'
import type { IndexEvent, IndexReport, VerifyReport } from '../../../src/knowledge.ts'
import { withinTimeLimit } from '../../../src/testing/within-time-limit.ts'
import type { InstanceCommand, InstanceReply, KnowledgeInstanceOptions } from './knowledge-instance.ts'

const TIME_LIMIT_MS = 20_000

/** The documents of a call, and their scope. */
export interface InstanceCall extends Pick<InstanceCommand, 'scope' | 'documents' | 'isEndless'> {
  /** Called for each event of an indexing. */
  readonly onEvent?: (event: IndexEvent) => void
}

/** A process that indexes and answers. */
export interface KnowledgeInstance {
  /** Makes the index hold exactly these documents. */
  sync(call: InstanceCall): Promise<IndexReport>
  /** Compares the index with these documents. */
  verify(call: Omit<InstanceCall, 'isEndless' | 'onEvent'>): Promise<VerifyReport>
  /** Asks a question, and returns the events of the answer. */
  ask(question: string, tenant: string): Promise<readonly ChatEvent[]>
  /** Kills the process at once. */
  kill(): Promise<void>
}

interface PendingCall {
  readonly onReply: (message: Exclude<InstanceReply, { port: number }>) => void
  readonly reject: (reason: unknown) => void
}

/** Starts a process. */
export async function startKnowledgeInstance(options: KnowledgeInstanceOptions): Promise<KnowledgeInstance> {
  const child = fork(join(import.meta.dirname, 'knowledge-instance.ts'), [JSON.stringify(options)])
  const pending = new Map<number, PendingCall>()
  const exited = once(child, 'exit')
  const started = Promise.withResolvers<number>()
  child.on('message', (message: InstanceReply) => {
    if ('port' in message) started.resolve(message.port)
    else pending.get(message.id)?.onReply(message)
  })
  child.once('exit', (code, signal) => {
    const failure = new Error(`The instance ended with ${signal ?? code}`)
    started.reject(failure)
    for (const call of pending.values()) call.reject(failure)
  })
  let calls = 0

  function call<T>(
    command: Omit<InstanceCommand, 'id'>,
    resultOf: (message: InstanceReply) => T | undefined,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const id = (calls += 1)
    const onReply: PendingCall['onReply'] = (message) => {
      if ('failure' in message) return reject(new Error(message.failure))
      const result = resultOf(message)
      if (result !== undefined) resolve(result)
    }
    pending.set(id, { onReply, reject })
    child.send({ id, ...command })
    const settled = promise.finally(() => pending.delete(id))
    return withinTimeLimit(settled, TIME_LIMIT_MS, () => `The instance did not end ${command.name}`)
  }

  const port = await withinTimeLimit(started.promise, TIME_LIMIT_MS, () => 'The instance has not started')
  return {
    sync: ({ onEvent, ...rest }) =>
      call({ name: 'sync', ...rest }, (message) => {
        if (!('event' in message)) return undefined
        onEvent?.(message.event)
        return message.event.type === 'done' ? message.event.report : undefined
      }),
    verify: ({ scope, documents }) =>
      call({ name: 'verify', scope, documents }, (message) => ('verified' in message ? message.verified : undefined)),
    ask: (question, tenant) => ask(`http://127.0.0.1:${port}/chat`, { question, tenant }),
    async kill() {
      child.kill('SIGKILL')
      await withinTimeLimit(exited, TIME_LIMIT_MS, () => 'The instance did not end')
    },
  }
}

async function ask(
  url: string,
  { question, tenant }: { readonly question: string; readonly tenant: string },
): Promise<readonly ChatEvent[]> {
  const headers = { 'content-type': 'application/json', accept: 'application/x-ndjson', tenant }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ question }) })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`The instance answered ${response.status}: ${text}`)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ChatEvent => JSON.parse(line))
}
