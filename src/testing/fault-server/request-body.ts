import type { FaultHit } from './behaviour.ts'

/** Returns the `model` of a request; an empty string if there is none. */
export function modelOf(hit: FaultHit): string {
  const model = bodyField(hit, 'model')
  return typeof model === 'string' ? model : ''
}

/** True if the request asked for a stream. */
export function asksForStream(hit: FaultHit): boolean {
  return bodyField(hit, 'stream') === true
}

/** True if the request asked for a usage chunk (`stream_options.include_usage`). */
export function asksForUsage(hit: FaultHit): boolean {
  return ownField(bodyField(hit, 'stream_options'), 'include_usage') === true
}

/** Returns a field of the JSON body; `undefined` for any other body. */
export function bodyField(hit: FaultHit, name: string): unknown {
  return ownField(hit.body, name)
}

function ownField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Reflect.get(value, name)
}
