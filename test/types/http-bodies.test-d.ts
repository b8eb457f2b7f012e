import { expectTypeOf, test } from 'vitest'
import type * as z from 'zod'
import type { LoadedTurn, ThreadPage } from '../../src/index.ts'
import type { ActiveRun, ErrorBody } from '../../src/server.ts'
import type { activeRunSchema, errorSchema, threadPageSchema, turnSchema } from '../../src/http/open-api/schemas.ts'

test('the described body types equal the sent ones', () => {
  expectTypeOf<Plain<z.output<typeof errorSchema>>>().toEqualTypeOf<Plain<ErrorBody>>()
  expectTypeOf<Plain<z.output<typeof threadPageSchema>>>().toEqualTypeOf<Plain<ThreadPage>>()
  expectTypeOf<Plain<z.output<typeof turnSchema>>>().toEqualTypeOf<Plain<LoadedTurn>>()
  expectTypeOf<Plain<z.output<typeof activeRunSchema>>>().toEqualTypeOf<Plain<ActiveRun>>()
})

/** Reduces a type to plain data, without interfaces and readonly. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T
