import { expectTypeOf, test } from 'vitest'
import type * as z from 'zod'
import type { ChatEvent, ChatResult } from '../../src/index.ts'
import type { eventSchema } from '../../src/records/event-schema.ts'
import type { resultSchema } from '../../src/records/result-schema.ts'

type ReadEvent = z.output<typeof eventSchema>
type ReadResult = z.output<typeof resultSchema>

test('a schema accepts everything that is stored, and produces the same type', () => {
  expectTypeOf<ReadEvent>().toExtend<ChatEvent>()
  expectTypeOf<ChatEvent>().toExtend<ReadEvent>()
  expectTypeOf<ReadResult>().toExtend<ChatResult>()
  expectTypeOf<ChatResult>().toExtend<ReadResult>()
})

test('a schema contains every field, including optional ones', () => {
  expectTypeOf<Plain<ReadEvent>>().toEqualTypeOf<Plain<ChatEvent>>()
  expectTypeOf<Plain<ReadResult>>().toEqualTypeOf<Plain<ChatResult>>()
})

/** Reduces a type to plain data, without interfaces and readonly. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T
