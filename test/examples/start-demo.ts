import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** The demo in a process of its own. */
export interface Demo {
  /** The URL where it listens. */
  readonly url: string
  /** The last line that it has printed at its start. */
  readonly banner: string
  /** The line before it, about the index. How many lines of progress there are depends on the machine. */
  readonly indexing: readonly string[]
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

/** Starts the demo on a free port, and resolves when it listens. */
export async function startDemo(env: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const child = spawnDemo({ PORT: '0', ...env })
  const exited = once(child, 'exit').then(([code]): number | null => code)
  const errors = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const indexing: string[] = []
  let banner = ''
  while (!banner.startsWith('http')) {
    const line = await lines.next()
    if (line.done) throw new Error(`The demo did not start: ${String((await errors.next()).value)}`)
    if (banner && !banner.startsWith('Indexing: ')) indexing.push(banner)
    banner = line.value
  }
  const [url = ''] = banner.split(' ')
  return {
    url,
    banner,
    indexing,
    nextLine: async () => String((await lines.next()).value),
    nextError: async () => String((await errors.next()).value),
    signal: (signal) => void child.kill(signal),
    exited,
    stop(signal = 'SIGINT') {
      child.kill(signal)
      return exited
    },
  }
}

/** Runs a demo that cannot start until it exits. */
export async function failToStart(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawnDemo(env)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const [code] = await once(child, 'close')
  return { code, ...output }
}

// The environment of the developer who runs the tests must not affect the demo.
const VARIABLES = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_MODEL',
  'HOST',
  'OPENAI_EMBEDDING_MODEL',
  'NODE_OPTIONS',
]

// The names that stand for options of the command line.
const FLAGS = { DATA: '--data', CONTINUE_MS: '--continue-ms', ALLOWED_HOSTS: '--allowed-hosts' } as const

function spawnDemo({ DOCUMENTS, ...env }: Readonly<Record<string, string>>) {
  const places = DOCUMENTS === undefined ? ['--config', 'examples/demo/ragwire.config.json'] : [DOCUMENTS, '--memory']
  const flags = Object.entries(FLAGS).flatMap(([name, flag]) => (env[name] === undefined ? [] : [flag, env[name]]))
  const inherited = Object.entries(process.env).filter(([name]) => !VARIABLES.includes(name))
  return spawn(process.execPath, ['dist/cli/ragwire.js', 'serve', ...places, ...flags], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
