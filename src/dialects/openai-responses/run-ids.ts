/**
 * Creates the id of a run: a UUID of version 7, whose first 48 bits are the time. So `created_at` of a response is known
 * wherever the response is read, without a store.
 */
export function createRunId(now = Date.now()): string {
  const time = now.toString(16).padStart(12, '0')
  // Characters from 15 on are random, except for the variant.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}

const VERSION_7 = /^([\da-f]{8})-([\da-f]{4})-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u

/** Returns the time in the id of a run, in milliseconds since 1970; `undefined` for an id of another form. */
export function timeOfRunId(runId: string): number | undefined {
  const [, high, low] = VERSION_7.exec(runId) ?? []
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16)
}

/** Returns the run in the id of a response or of an item; `undefined` for an id of another form. */
export function runIdOf(id: string): string | undefined {
  return /^(?:resp|msg|fs)_(.+)$/su.exec(id)?.[1]
}
