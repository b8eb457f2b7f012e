import type { Agent as HttpAgent } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectMethods, expectObject } from '../../core/options/validate.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'

/** Agents of the application. */
export interface FetchAgents {
  /** For `http:`. @defaultValue an agent of the function */
  readonly http?: HttpAgent | undefined
  /** For `https:`, such as one with the certificates of a company. @defaultValue an agent of the function */
  readonly https?: HttpsAgent | undefined
}

/** Options of {@link nodeFetch}. */
export interface NodeFetchOptions {
  /**
   * Agents to use instead of those of the function. `maxSockets`, `keepAliveMs` and `proxyEnv` do not apply to them, and
   * `close()` leaves them open. @defaultValue none
   */
  readonly agents?: FetchAgents | undefined
  /** Maximum number of connections to one host; further requests wait. @defaultValue Infinity */
  readonly maxSockets?: number | undefined
  /**
   * Closes a connection that was idle for this time, in milliseconds; a shorter time that the server announces counts. It
   * must be shorter than the server's own. @defaultValue 4,000
   */
  readonly keepAliveMs?: number | undefined
  /**
   * Maximum time without progress for the lookup, the connection and the TLS handshake, each, in milliseconds; `Infinity`
   * for none. There is no limit on the response: pass a signal. @defaultValue 10,000
   */
  readonly connectTimeoutMs?: number | undefined
  /**
   * The variables with the proxies: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, or their lower-case names; `{}` for no
   * proxy. A loopback address is never asked for through a proxy. @defaultValue `process.env`
   */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>> | undefined
}

/** The options of {@link nodeFetch}, complete. */
export interface ResolvedFetchOptions {
  /** Agents of the application. */
  readonly agents: FetchAgents
  /** Maximum number of connections to one host. */
  readonly maxSockets: number
  /** Time after which an idle connection is closed, in milliseconds. */
  readonly keepAliveMs: number
  /** Limit for the connection, in milliseconds. */
  readonly connectTimeoutMs: number
  /** The variables that have the proxies. */
  readonly proxyEnv: Readonly<Record<string, string | undefined>>
}

const OPTIONS: OptionNames<NodeFetchOptions> = {
  agents: true,
  maxSockets: true,
  keepAliveMs: true,
  connectTimeoutMs: true,
  proxyEnv: true,
}

const AGENTS: OptionNames<FetchAgents> = { http: true, https: true }

// Longer timers overflow.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Checks the options, and applies the defaults. */
export function resolveFetchOptions(options: NodeFetchOptions): ResolvedFetchOptions {
  expectOptions(options, OPTIONS, { of: 'nodeFetch' })
  const { agents = {}, proxyEnv = process.env } = options
  expectOptions(agents, AGENTS, { of: 'nodeFetch', within: 'agents' })
  expectObject('proxyEnv', proxyEnv)
  const maxSockets = countOption('maxSockets', options.maxSockets, { defaultValue: Infinity, from: 1 })
  return {
    agents: { http: expectAgent('http', agents.http), https: expectAgent('https', agents.https) },
    maxSockets,
    keepAliveMs: timerOption('keepAliveMs', options.keepAliveMs, 4_000),
    connectTimeoutMs: timerOption('connectTimeoutMs', options.connectTimeoutMs, 10_000),
    proxyEnv,
  }
}

function expectAgent<T extends HttpAgent>(protocol: 'http' | 'https', agent: T | undefined): T | undefined {
  if (agent === undefined) return undefined
  const field = `agents.${protocol}`
  const what = `an Agent of node:${protocol}`
  expectMethods(field, agent, what, ['addRequest', 'destroy'])
  // The types of Node do not have the field.
  const own: unknown = Reflect.get(agent, 'protocol')
  if (typeof own !== 'string' || own === `${protocol}:`) return agent
  throw invalidInput(field, `Cannot use ${field}: it must be ${what}, and its protocol is ${own}`)
}

function timerOption(field: string, value: unknown, defaultValue: number): number {
  const ms = durationOption(field, value, defaultValue)
  if (ms === Infinity || ms <= LONGEST_TIMER_MS) return ms
  throw invalidInput(
    field,
    `Cannot use ${field} ${ms}: it must be at most ${LONGEST_TIMER_MS}, or Infinity`,
    RangeError,
  )
}
