import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { releasable } from '../../../src/core/async/releasable.ts'

describe('releasable', () => {
  it('calls the function until it is released, and then throws', () => {
    const double = releasable((value: number) => 2 * value)
    expect([double.call(1), double.call(2)]).toEqual([2, 4])
    double.release()
    double.release()
    expect(() => double.call(3)).toThrow(TypeError)
  })

  it('no longer holds what the function held', async () => {
    const { kept, holder } = holding()
    expect(kept.call(undefined)).toBe(holder.deref()?.text)
    kept.release()
    await nextTurn()
    globalThis.gc?.()
    expect(holder.deref()).toBeUndefined()
  })
})

function holding() {
  const prompt = { text: 'a prompt' }
  return { kept: releasable(() => prompt.text), holder: new WeakRef(prompt) }
}
