import { expectOneOf } from '../core/options/validate.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { expectDialect, refuseDialect } from '../dialects/expect-dialect.ts'
import { NATIVE_DIALECTS, type NativeFormat } from '../dialects/native-dialects.ts'
import { nativeSse } from '../dialects/native-sse.ts'

/** The form on the wire: the name of a native dialect that streams, or any dialect as a value. */
export type SinkFormat = NativeFormat | Dialect

/**
 * Returns the dialect that the option `format` means: a name or the value itself.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function resolveFormat(format: SinkFormat = nativeSse): Dialect {
  const streaming = NATIVE_DIALECTS.filter((dialect: Dialect) => !dialect.holdsStatus)
  const known = streaming.find((native) => native === format || native.name === format)
  if (known) return known
  if (typeof format !== 'object') {
    expectOneOf(
      'format',
      format,
      streaming.map(({ name }) => name),
    )
  }
  const dialect = expectDialect('format', format)
  if (!dialect.holdsStatus) return dialect
  throw refuseDialect(
    'format',
    dialect,
    'it holds its status, which a sink sends at once; mount it by createChatHandler',
  )
}
