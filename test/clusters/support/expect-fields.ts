/** A request that a real cluster would refuse. */
export class BadRequest extends Error {}

export type Fields = Readonly<Record<string, unknown>>

/** Returns the value as an object that has no fields but these. */
export function expectFields(value: unknown, at: string, names: readonly string[]): Fields {
  const fields = expectObject(value, at)
  const unknown = Object.keys(fields).find((name) => !names.includes(name))
  if (unknown !== undefined) throw new BadRequest(`${at}: unknown field ${unknown}`)
  return fields
}

export function expectObject(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRequest(`${at} is no object`)
  return value as Fields
}

export function expectArray(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadRequest(`${at} is no list`)
  return value
}

export function expectText(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new BadRequest(`${at} is no string`)
  return value
}

export function expectNumber(value: unknown, at: string): number {
  if (typeof value !== 'number') throw new BadRequest(`${at} is no number`)
  return value
}

/** Returns a vector of the length. */
export function expectVector(value: unknown, at: string, size: number): readonly number[] {
  const vector = expectArray(value, at).map((number, index) => expectNumber(number, `${at}[${index}]`))
  if (vector.length !== size) throw new BadRequest(`${at}: expected dim: ${size}, got ${vector.length}`)
  return vector
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  const product = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
  return product / (Math.hypot(...a) * Math.hypot(...b) || 1)
}
