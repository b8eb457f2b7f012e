import { invalidInput } from '../core/vocabulary/invalid-input.ts'

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/**
 * Checks a status that a stream can have.
 *
 * @throws RangeError with `code: 'invalid-input'` and the `field`
 */
export function expectStatus(status: number | undefined): number | undefined {
  const fits = Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599
  if (status === undefined || (fits && !WITHOUT_BODY.has(status))) return status
  const message = `Cannot use status ${String(status)}: a stream needs one from 200 to 599 that has a body`
  throw invalidInput('status', message, RangeError)
}
