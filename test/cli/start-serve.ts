import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A call of `ragwire serve`. */
export interface ServeCall {
  /** The folder of the documents. @defaultValue the documents of this project, with the configuration of examples/demo */
  readonly docs?: string
  /** The folder of the index and of the conversations. @defaultValue memory */
  readonly data?: string
  /** Further arguments. */
  readonly args?: readonly string[]
  /** Environment variables, beside those of the tests. */
  readonly env?: Readonly<Record<string, string>>
}

/** `ragwire serve` in a process of its own. */
export interface Serving {
  /** The URL where it listens. */
  readonly url: string
  /** The lines about the index, without its progress: how many of these there are depends on the machine. */
  readonly indexing: readonly string[]
  /** The line that says what is served; empty if the start was not waited for. */
  readonly ready: string
  /** Returns the next unread line of its standard output. */
  nextLine(): Promise<string>
  /** Returns the next unread line of its standard error. */
  nextError(): Promise<string>
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>
  /** Sends a signal, and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts a server on a free port. It resolves when the index is complete, or with `until: 'listening'` before it. */
export async function startServe(
  call: ServeCall = {},
  { until = 'ready' }: { readonly until?: 'listening' | 'ready' } = {},
): Promise<Serving> {
  const child = spawnServe(call)
  const exited = once(child, 'exit').then(([code]): number | null => code)
  const errors = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => {
    const line = await lines.next()
    if (line.done) throw new Error(`The server has ended: ${String((await errors.next()).value)}`)
    return line.value
  }
  const [, url = ''] = /^Page: (.*)$/u.exec(await nextLine()) ?? []
  await nextLine()
  const indexing: string[] = []
  let ready = ''
  while (until === 'ready' && ready === '') {
    const line = await nextLine()
    if (line.startsWith('Ready: ')) ready = line
    else if (!line.startsWith('Indexing: ')) indexing.push(line)
  }
  return {
    url,
    indexing,
    ready,
    nextLine,
    nextError: async () => String((await errors.next()).value),
    signal: (signal) => void child.kill(signal),
    exited,
    stop(signal = 'SIGINT') {
      child.kill(signal)
      return exited
    },
  }
}

/** Runs a server that cannot start until it exits. */
export async function failToServe(
  call: ServeCall,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawnServe(call)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const [code] = await once(child, 'close')
  return { code, ...output }
}

// The environment of the developer who runs the tests must not affect the server.
const VARIABLES = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_MODEL',
  'OPENAI_EMBEDDING_MODEL',
  'HOST',
  'PORT',
  'NODE_OPTIONS',
]

function spawnServe({ docs, data, args = [], env = {} }: ServeCall) {
  const place = docs === undefined ? ['--config', 'examples/demo/ragwire.config.json'] : [docs]
  const kept = data === undefined ? ['--memory'] : ['--data', data]
  const inherited = Object.entries(process.env).filter(([name]) => !VARIABLES.includes(name))
  return spawn(process.execPath, ['dist/cli/ragwire.js', 'serve', ...place, ...kept, ...args], {
    env: { ...Object.fromEntries(inherited), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
