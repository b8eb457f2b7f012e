import type * as Sdk from '@modelcontextprotocol/server'
import type * as Stdio from '@modelcontextprotocol/server/stdio'

/** Loads the SDK of the protocol. @throws Error that names the command to install it */
export function loadSdk(): Promise<typeof Sdk> {
  return load(() => import('@modelcontextprotocol/server'))
}

/** Loads the part of the SDK for stdin and stdout. @throws Error that names the command to install it */
export function loadStdio(): Promise<typeof Stdio> {
  return load(() => import('@modelcontextprotocol/server/stdio'))
}

async function load<T>(importPart: () => Promise<T>): Promise<T> {
  try {
    return await importPart()
  } catch (cause) {
    const message =
      'MCP needs the package @modelcontextprotocol/server 2. Install it: npm install @modelcontextprotocol/server'
    throw new Error(message, { cause })
  }
}
