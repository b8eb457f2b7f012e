import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectList, expectString } from '../../core/options/validate.ts'
import { resolveToolOptions, TOOL_OPTIONS, type McpToolOptions, type ResolvedToolOptions } from './tool-options.ts'

/**
 * Options of {@link mcp}.
 *
 * @experimental May change until version 1.0.
 */
export interface McpOptions extends McpToolOptions {
  /** The path of the route, below the mount. @defaultValue `/mcp` */
  readonly path?: string | undefined
  /**
   * Host names that a request may be sent to, without a port, such as `docs.example.com`; `[::1]` for an IPv6 address. Other
   * requests are refused with 403. @defaultValue every host, because a request of a page is refused by its origin
   */
  readonly allowedHosts?: readonly string[] | undefined
  /**
   * Host names of the pages that may send requests, without scheme and port, such as `inspector.example.com`. A page of
   * another origin is refused with 403, so that no page can reach a local server by DNS rebinding. Programs, such as the
   * servers of ChatGPT and Claude, send no `Origin` and are not restricted.
   * @defaultValue `localhost`, `127.0.0.1` and `[::1]`
   */
  readonly allowedOrigins?: readonly string[] | undefined
}

/** The options with their defaults. */
export interface ResolvedMcpOptions {
  /** The path of the route. */
  readonly path: string
  /** Host names that a request may be sent to; absent for every host. */
  readonly allowedHosts: readonly string[] | undefined
  /** Host names of the pages that may send requests. */
  readonly allowedOrigins: readonly string[]
  /** The options of the tools. */
  readonly tools: ResolvedToolOptions
}

const OPTIONS: OptionNames<McpOptions> = { ...TOOL_OPTIONS, path: true, allowedHosts: true, allowedOrigins: true }

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * Checks the options, and applies the defaults. `createChatHandler` checks the path.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveOptions(options: McpOptions): ResolvedMcpOptions {
  expectOptions(options, OPTIONS, { of: 'mcp' })
  const { path, allowedHosts, allowedOrigins, ...tools } = options
  return {
    path: expectString('path', path) ?? '/mcp',
    allowedHosts: allowedHosts && expectList('allowedHosts', allowedHosts),
    allowedOrigins: expectList('allowedOrigins', allowedOrigins ?? LOOPBACK),
    tools: resolveToolOptions(tools),
  }
}
