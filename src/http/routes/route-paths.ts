import { OPERATIONS } from '../open-api/operations.ts'

/** A method and a path, with the parts of its name. */
export interface RoutePath {
  /** The method, such as `POST`. */
  readonly method: string
  /** The path, with `{name}` in the place of an id. */
  readonly path: string
  /** Matches a path of a request; the group is the id. */
  readonly pattern: RegExp
}

/** Parses the name of a route, such as `GET /runs/{runId}/events`. */
export function toRoutePath(name: string): RoutePath {
  const [method = '', path = ''] = name.split(' ')
  const pattern = path.replaceAll(/[.+*?()|[\]$^]/gu, String.raw`\$&`).replace(/\{\w+\}/u, '([^/]+)')
  return { method, path, pattern: new RegExp(`^${pattern}$`, 'u') }
}

const NATIVE = Object.keys(OPERATIONS).map(toRoutePath)

/** Returns the native route that a path leads to, such as `/threads/{threadId}`. */
export function findNativePath(path: string): string | undefined {
  return NATIVE.find(({ pattern }) => pattern.test(path))?.path
}
