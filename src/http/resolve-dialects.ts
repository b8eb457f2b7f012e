import { expectDialect, refuseDialect } from '../dialects/expect-dialect.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { NATIVE_DIALECTS } from '../dialects/native-dialects.ts'
import { describeValue } from '../core/options/expect-options.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import { findNativePath } from './routes/route-paths.ts'

/** A dialect with its own route. */
export type RoutedDialect = Dialect & { readonly path: string }

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
    if (dialect.path === undefined) expectOwnMediaType(dialect, all)
    else expectOwnPath(dialect, dialect.path, all)
    all.push(dialect)
  }
  return { offered: all.filter(({ path }) => path === undefined), routed: all.filter(isRouted) }
}

const FIELD = 'dialects'

function expectOwnName(dialect: Dialect, others: readonly Dialect[]): void {
  if (others.every(({ name }) => name !== dialect.name)) return
  throw refuseDialect(FIELD, dialect, 'another dialect has this name; rename one of them')
}

function expectOwnMediaType(dialect: Dialect, others: readonly Dialect[]): void {
  const { mediaType } = dialect
  const same = others.find((other) => other.path === undefined && other.mediaType === mediaType)
  if (!same) return
  const message = `Accept cannot distinguish it from ${same.name}: both are ${mediaType}; give it a path or another mediaType`
  throw refuseDialect(FIELD, dialect, message)
}

function expectOwnPath(dialect: Dialect, path: string, others: readonly Dialect[]): void {
  const native = findNativePath(path)
  if (native !== undefined) {
    throw refuseDialect(FIELD, dialect, `its path ${path} is the native route ${native}; choose another path`)
  }
  const same = others.find((other) => other.path === path)
  if (same) throw refuseDialect(FIELD, dialect, `${same.name} has the path ${path} too; choose another path`)
}

function isRouted(dialect: Dialect): dialect is RoutedDialect {
  return dialect.path !== undefined
}
