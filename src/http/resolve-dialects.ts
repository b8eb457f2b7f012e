import { expectDialect, refuseDialect } from '../dialects/expect-dialect.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { DialectRoute } from '../dialects/dialect-route.ts'
import { NATIVE_DIALECTS } from '../dialects/native-dialects.ts'
import { describeValue } from '../core/options/expect-options.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import { findNativePath } from './routes/route-paths.ts'

/** A dialect with routes of its own. */
export type RoutedDialect = Dialect &
  (
    | { readonly path: string; readonly routes?: undefined }
    | { readonly path?: undefined; readonly routes: readonly DialectRoute[] }
  )

/** The dialects of a handler, grouped by how a request chooses them. */
export interface ResolvedDialects {
  /** Chosen by `Accept`, in order of preference. */
  readonly offered: readonly Dialect[]
  /** Chosen by the path. */
  readonly routed: readonly RoutedDialect[]
}

/**
 * Validates the dialects that the application adds. Each needs its own name, and a media type or path that no other
 * dialect has.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field` `dialects`; the message names the dialect and the fix
 */
export function resolveDialects(added: readonly Dialect[] = []): ResolvedDialects {
  if (!Array.isArray(added)) {
    throw invalidInput(FIELD, `Cannot use dialects: it must be an array of dialects, and it is ${describeValue(added)}`)
  }
  const all: Dialect[] = [...NATIVE_DIALECTS]
  for (const value of added as readonly unknown[]) {
    const dialect = expectDialect(FIELD, value)
    expectOwnName(dialect, all)
    if (isRouted(dialect)) expectOwnRoutes(dialect, all)
    else expectOwnMediaType(dialect, all)
    all.push(dialect)
  }
  return { offered: all.filter((dialect) => !isRouted(dialect)), routed: all.filter(isRouted) }
}

const FIELD = 'dialects'

function expectOwnName(dialect: Dialect, others: readonly Dialect[]): void {
  if (others.every(({ name }) => name !== dialect.name)) return
  throw refuseDialect(FIELD, dialect, 'another dialect has this name; rename one of them')
}

function expectOwnMediaType(dialect: Dialect, others: readonly Dialect[]): void {
  const { mediaType } = dialect
  const same = others.find((other) => !isRouted(other) && other.mediaType === mediaType)
  if (!same) return
  const message = `Accept cannot distinguish it from ${same.name}: both are ${mediaType}; give it a path or another mediaType`
  throw refuseDialect(FIELD, dialect, message)
}

function expectOwnRoutes(dialect: RoutedDialect, others: readonly Dialect[]): void {
  const taken = new Map(others.filter(isRouted).flatMap((other) => routesOf(other).map(({ key }) => [key, other.name])))
  for (const { key, path } of routesOf(dialect)) {
    const native = findNativePath(path.replace(ID, 'id'))
    if (native !== undefined) {
      throw refuseDialect(FIELD, dialect, `its path ${path} is the native route ${native}; choose another path`)
    }
    const owner = taken.get(key)
    if (owner === dialect.name) throw refuseDialect(FIELD, dialect, `it has the route ${key} twice; remove one of them`)
    if (owner !== undefined) {
      throw refuseDialect(FIELD, dialect, `${owner} has the path ${path} too; choose another path`)
    }
    taken.set(key, dialect.name)
  }
}

const ID = /\{\w+\}/u

/** Returns the routes of a dialect: the path, and a key that two routes share if a request could mean both. */
function routesOf({ path, routes = [] }: Dialect): readonly { readonly key: string; readonly path: string }[] {
  const all = path === undefined ? routes : [{ method: 'POST', path }]
  return all.map(({ method, path }) => ({ key: `${method} ${path.replace(ID, '{}')}`, path }))
}

function isRouted(dialect: Dialect): dialect is RoutedDialect {
  return dialect.path !== undefined || dialect.routes !== undefined
}
