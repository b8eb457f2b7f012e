import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { ResolvedFetchOptions } from './fetch-options.ts'

/** The agents of one {@link nodeFetch}. */
export interface AgentPool {
  /** Returns the agent for an address, and makes it at the first use. */
  agentFor(url: URL): HttpAgent
  /** Closes every connection of the agents that were made here. */
  close(): void
}

type Protocol = 'http' | 'https'

/** Creates the agents: for each protocol one for direct connections and one for the proxy, as they are needed. */
export function createAgentPool(options: ResolvedFetchOptions): AgentPool {
  const made = new Map<string, HttpAgent>()
  const { maxSockets, keepAliveMs, proxyEnv } = options

  function make(protocol: Protocol, proxy: string | undefined): HttpAgent {
    if (proxy !== undefined) expectProxySupport(proxy)
    const common = {
      keepAlive: true,
      ...(keepAliveMs !== Infinity && { timeout: keepAliveMs }),
      ...(maxSockets !== Infinity && { maxSockets }),
      // Node itself reads NO_PROXY of it.
      ...(proxy !== undefined && { proxyEnv: { ...proxyEnv } }),
    }
    return protocol === 'https' ? new HttpsAgent(common) : new HttpAgent(common)
  }

  return {
    agentFor(url) {
      const protocol = url.protocol === 'https:' ? 'https' : 'http'
      const given = options.agents[protocol]
      if (given) return given
      const proxy = isLoopback(url.hostname) ? undefined : proxyVariable(protocol, proxyEnv)
      const key = `${protocol} ${proxy ?? 'direct'}`
      const agent = made.get(key) ?? make(protocol, proxy)
      made.set(key, agent)
      return agent
    },
    close() {
      for (const agent of made.values()) agent.destroy()
      made.clear()
    },
  }
}

/** Returns the name of the variable that has the proxy of a protocol; undefined if none has one. */
function proxyVariable(protocol: Protocol, env: ResolvedFetchOptions['proxyEnv']): string | undefined {
  return [`${protocol}_proxy`, `${protocol.toUpperCase()}_PROXY`].find((name) => env[name])
}

/** Returns true for this machine itself: a proxy would look for the server at its own machine. */
function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || /^(?:127\.\d+\.\d+\.\d+|(?:.*\.)?localhost)$/u.test(hostname)
}

/**
 * Checks that the agents of this Node can use a proxy.
 *
 * @throws TypeError that names the fix
 */
function expectProxySupport(variable: string): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21)) return
  throw new TypeError(
    `Cannot use the proxy of ${variable} with Node ${process.versions.node}: update to 22.21 or 24.5, pass agents that use it, or set proxyEnv: {}`,
  )
}
