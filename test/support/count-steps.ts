const METHODS = [
  'map',
  'filter',
  'slice',
  'concat',
  'flatMap',
  'find',
  'findIndex',
  'indexOf',
  'some',
  'every',
  'toSorted',
] as const

type AnyMethod = (this: readonly unknown[], ...args: readonly unknown[]) => unknown

/**
 * Counts the array elements that a function visits, with any method that copies or searches. It distinguishes linear
 * from quadratic work without a clock.
 */
export function countSteps(work: () => void): number {
  const counter = startCounting()
  try {
    work()
  } finally {
    counter.stop()
  }
  return counter.steps()
}

/** Like {@link countSteps}, for asynchronous work. No other work may run at the same time. */
export async function countStepsOf(work: () => Promise<unknown>): Promise<number> {
  const counter = startCounting()
  try {
    await work()
  } finally {
    counter.stop()
  }
  return counter.steps()
}

function startCounting() {
  let steps = 0
  // Written with Reflect, because the methods of arrays are replaced.
  const prototype = Array.prototype as unknown as Record<PropertyKey, AnyMethod>
  const originals = [...METHODS, Symbol.iterator].map((key) => [key, prototype[key]] as const)
  for (let index = 0; index < originals.length; index++) {
    const [key, original] = originals[index] ?? ['map' as const, undefined]
    if (!original) continue
    const counting: AnyMethod = function (...args) {
      steps += this.length
      return Reflect.apply(original, this, args)
    }
    Object.defineProperty(Array.prototype, key, { value: counting, configurable: true, writable: true })
  }
  return {
    steps: () => steps,
    stop() {
      for (let index = 0; index < originals.length; index++) {
        const [key, original] = originals[index] ?? ['map' as const, undefined]
        Object.defineProperty(Array.prototype, key, { value: original, configurable: true, writable: true })
      }
    },
  }
}
