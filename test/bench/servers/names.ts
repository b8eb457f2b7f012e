/** A server of the bench. Its file in this folder has its name. */
export type ServerName = 'pipe' | 'relay' | 'relay-http' | 'ragwire' | 'handler'

/** True if the server is built on this library, so that an older version of the library has its own. */
export function isOwnServer(name: ServerName): boolean {
  return name === 'ragwire' || name === 'handler'
}
