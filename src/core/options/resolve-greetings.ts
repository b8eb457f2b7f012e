import { invalidInput } from '../vocabulary/invalid-input.ts'
import {
  GREETING_KINDS,
  GREETINGS,
  type Greeting,
  type GreetingKind,
  type GreetingTable,
} from '../text/greeting-table.ts'
import { describeValue } from './expect-options.ts'
import { isPlainObject } from './plain-object.ts'

/**
 * Resolves the option `greetings`: the built-in table with the given phrases and replies; `undefined` for `false`.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`, such as `greetings.de.thanks.reply`
 */
export function resolveGreetings(greetings: GreetingTable | false | undefined): GreetingTable | undefined {
  if (greetings === false) return undefined
  if (greetings === undefined) return GREETINGS
  const table = { ...GREETINGS }
  for (const [language, kinds] of entriesOf('greetings', greetings)) {
    const field = `greetings.${language}`
    const merged: Partial<Record<GreetingKind, Greeting>> = { ...table[language] }
    for (const [name, greeting] of entriesOf(field, kinds)) {
      const kind = GREETING_KINDS.find((kind) => kind === name)
      if (!kind) throw invalidInput(`${field}.${name}`, `Cannot use ${field}.${name}: use ${GREETING_KINDS.join(', ')}`)
      merged[kind] = merge(`${field}.${kind}`, merged[kind], greeting)
    }
    table[language] = merged
  }
  return table
}

function merge(field: string, known: Greeting | undefined, given: unknown): Greeting {
  const { phrases = [], reply = known?.reply, ...others } = Object.fromEntries(entriesOf(field, given))
  const unknown = Object.keys(others)[0]
  if (unknown !== undefined) {
    throw invalidInput(`${field}.${unknown}`, `Cannot use ${field}.${unknown}: a greeting has phrases and a reply`)
  }
  if (!isListOfTexts(phrases)) throw wrongType(`${field}.phrases`, 'a list of texts', phrases)
  if (typeof reply !== 'string' || reply.trim() === '') throw wrongType(`${field}.reply`, 'a text', reply)
  return { phrases: [...(known?.phrases ?? []), ...phrases], reply }
}

function entriesOf(field: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (isPlainObject(value)) return Object.entries(value)
  throw wrongType(field, 'an object', value)
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && /[\p{L}\p{N}]/u.test(item))
}

function wrongType(field: string, expected: string, value: unknown): TypeError {
  return invalidInput(field, `Cannot use ${describeValue(value)} as ${field}: it must be ${expected}`)
}
