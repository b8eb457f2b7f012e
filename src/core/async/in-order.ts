/** The result of a step: a promise if the next step must wait for it. */
export type Paused = Promise<void> | undefined

/** Runs a step at once, or after a promise. Steps hardly ever wait, and a promise for each takes as long as its work. */
export function andThen(paused: Paused, step: () => Paused): Paused {
  return paused ? paused.then(step) : step()
}

/** Runs a step for each value, one after the other. */
export function eachInOrder<Value>(values: readonly Value[], step: (value: Value) => Paused): Paused {
  let count = 0
  for (const value of values) {
    count += 1
    const paused = step(value)
    if (paused) return eachAfter(paused, values.slice(count), step)
  }
  return undefined
}

async function eachAfter<Value>(
  paused: Promise<void>,
  values: readonly Value[],
  step: (value: Value) => Paused,
): Promise<void> {
  await paused
  for (const value of values) await step(value)
}
