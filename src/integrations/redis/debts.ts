import type { Clock } from '../../core/async/clock.ts'

/** Something that is being done to a key, and may fail. */
export interface Attempt {
  /** It was done, maybe late: it makes up for what failed before it began. */
  succeed(): void
  /** It is owed from now on, as far as anybody knows. */
  fail(): void
}

/** What could not be done. */
export interface Debts {
  begin(key: string): Attempt
  has(key: string): boolean
}

/** Creates an empty list of debts, which lapse after `keepMs`. */
export function createDebts({ keepMs, clock }: { readonly keepMs: number; readonly clock: Clock }): Debts {
  // In the order in which they lapse.
  const debts = new Map<string, { readonly begun: number; readonly until: number }>()
  let attempts = 0

  function forgetLapsed(): void {
    for (const [key, { until }] of debts) {
      if (clock.now() < until) return
      debts.delete(key)
    }
  }

  return {
    begin(key) {
      const begun = (attempts += 1)
      return {
        succeed() {
          if ((debts.get(key)?.begun ?? Infinity) <= begun) debts.delete(key)
        },
        fail() {
          debts.delete(key)
          debts.set(key, { begun, until: clock.now() + keepMs })
          forgetLapsed()
        },
      }
    },
    has(key) {
      forgetLapsed()
      return debts.has(key)
    },
  }
}
