import { expectTypeOf, test } from 'vitest'
import type * as z from 'zod'
import type { ChatEvent, ChatResult } from '../../src/index.ts'
import type { eventSchema } from '../../src/records/event-schema.ts'
import type { resultSchema } from '../../src/records/result-schema.ts'

type ReadEvent = z.output<typeof eventSchema>
type ReadResult = z.output<typeof resultSchema>

test('a schema reads what is stored, and all that can be stored fits it', () => {
  expectTypeOf<ReadEvent>().toExtend<ChatEvent>()
  expectTypeOf<ChatEvent>().toExtend<ReadEvent>()
  expectTypeOf<ReadResult>().toExtend<ChatResult>()
  expectTypeOf<ChatResult>().toExtend<ReadResult>()
})

test('a schema forgets no field, not even one that need not be there', () => {
  expectTypeOf<Plain<ReadEvent>>().toEqualTypeOf<Plain<ChatEvent>>()
  expectTypeOf<Plain<ReadResult>>().toEqualTypeOf<Plain<ChatResult>>()
})

/** A type as plain data: which interface a field comes from and what is readonly makes no difference. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T
