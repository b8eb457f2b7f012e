const STAMP_LENGTH = 15

/** The place of a stamp in a text. */
export const NO_STAMP = '0'.repeat(STAMP_LENGTH)

/** Returns the microseconds of the monotonic clock that all processes of a machine share. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

/** Returns the current time as a text that has the length of {@link NO_STAMP}. */
export function stampNow(): string {
  return String(nowMicros()).padStart(STAMP_LENGTH, '0')
}
