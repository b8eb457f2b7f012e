import { expectTypeOf, test } from 'vitest'
import type * as z from 'zod'
import type { StoredTurn, ThreadPage } from '../../src/index.ts'
import type { ActiveRun, ErrorBody } from '../../src/server.ts'
import type { activeRunSchema, errorSchema, threadPageSchema, turnSchema } from '../../src/http/open-api/schemas.ts'

test('what is described is what is sent', () => {
  expectTypeOf<Plain<z.output<typeof errorSchema>>>().toEqualTypeOf<Plain<ErrorBody>>()
  expectTypeOf<Plain<z.output<typeof threadPageSchema>>>().toEqualTypeOf<Plain<ThreadPage>>()
  expectTypeOf<Plain<z.output<typeof turnSchema>>>().toEqualTypeOf<Plain<StoredTurn>>()
  expectTypeOf<Plain<z.output<typeof activeRunSchema>>>().toEqualTypeOf<Plain<ActiveRun>>()
})

/** A type as plain data: which interface a field comes from and what is readonly makes no difference. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T
