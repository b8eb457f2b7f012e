import { expectOneOf } from '../core/options/validate.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { expectDialect, refuseDialect } from '../dialects/expect-dialect.ts'
import { NATIVE_DIALECTS, type NativeFormat } from '../dialects/native-dialects.ts'
import { nativeSse } from '../dialects/native-sse.ts'

/** The dialect of a stream: the name of a native one, or any dialect as a value. */
export type SinkFormat = NativeFormat | Dialect

const STREAMING = NATIVE_DIALECTS.filter((dialect: Dialect) => !dialect.holdsStatus)

/**
 * Returns the dialect that the option `format` names or is.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function resolveFormat(format: SinkFormat = nativeSse): Dialect {
  const known = STREAMING.find((native) => native === format || native.name === format)
  if (known) return known
  if (typeof format !== 'object') {
    expectOneOf(
      'format',
      format,
      STREAMING.map(({ name }) => name),
    )
  }
  const dialect = expectDialect('format', format)
  if (!dialect.holdsStatus) return dialect
  throw refuseDialect(
    'format',
    dialect,
    'it has holdsStatus, but a sink sends the status at once; use it with createChatHandler({ dialects })',
  )
}
