import { invalidInput } from '../vocabulary/invalid-input.ts'
import { nearestName } from './nearest-name.ts'
import { isPlainObject, isRecord } from './plain-object.ts'

/** The names of all options of `T`, or of all members of a union. A missing or unknown name does not compile. */
export type OptionNames<T> = Readonly<Record<T extends unknown ? keyof T : never, true>>

/** The function that takes the options, for error messages. */
export interface OptionsOwner {
  /** The function that takes the options. */
  readonly of: string
  /** The option that contains them, if they are nested in other options. */
  readonly within?: string
  /** Names of options of another function, each with a sentence that names that function. */
  readonly elsewhere?: Readonly<Record<string, string>>
}

/**
 * Checks that a value is an object of known options. The values are not checked.
 *
 * @throws TypeError with `code: 'invalid-input'`; `field` is the unknown option, and the message suggests the nearest name
 */
export function expectOptions(value: unknown, names: Readonly<Record<string, true>>, owner: OptionsOwner): void {
  const { of, within, elsewhere = {} } = owner
  if (!isOptionsObject(value, names)) {
    const known = Object.keys(names)
    const example = known.length === 0 ? '{}' : `{ ${known.slice(0, 3).join(', ')} }`
    const what = within === undefined ? `the options of ${of}` : within
    const message = `Cannot use ${what}: it takes an object such as ${example}, not ${describeValue(value)}`
    throw invalidInput(within ?? 'options', message)
  }
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(names, name))
  if (unknown === undefined) return
  const name = unknown.slice(0, MOST_CHARS)
  const reason = Object.hasOwn(elsewhere, unknown)
    ? elsewhere[unknown]
    : `${of} has no such option. ${advice(name, Object.keys(names))}`
  const field = within === undefined ? name : `${within}.${name}`
  throw invalidInput(field, `Cannot use ${field}: ${reason}`)
}

const MOST_CHARS = 64

// A client or a store that is passed instead of its options is not a plain object and has none of their names.
function isOptionsObject(value: unknown, names: object): value is object {
  return isPlainObject(value) || (isRecord(value) && Object.keys(names).some((name) => name in value))
}

/** Names the type of a value, for messages such as "it must be a string, and it is an array". */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') {
    const name: unknown = value.constructor?.name
    return typeof name === 'string' && name !== '' && name !== 'Object' ? `a ${name}` : 'an object'
  }
  return `a ${typeof value}`
}

function advice(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'It takes no options'
  const nearest = nearestName(name, known)
  return nearest === undefined ? `It takes ${known.join(', ')}` : `Did you mean ${nearest}?`
}
