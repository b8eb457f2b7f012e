import { inspect } from 'node:util'

/** Returns a value as text for a message, cut to a readable length. */
export function displayed(value: unknown): string {
  const text = inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 80, maxArrayLength: 5 })
  return text.length > 160 ? `${text.slice(0, 160)}…` : text
}
