import { describe, expect, it } from 'vitest'
import { andThen, eachInOrder, type Paused } from '../../../src/core/async/in-order.ts'

describe('andThen', () => {
  it('runs the step at once if nothing waits', () => {
    const steps: string[] = []
    expect(andThen(undefined, () => void steps.push('next'))).toBeUndefined()
    expect(steps).toEqual(['next'])
  })

  it('runs the step after a promise, and resolves after the step', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const steps: string[] = []
    const done = andThen(promise, async () => {
      await Promise.resolve()
      steps.push('next')
    })
    expect(steps).toEqual([])
    resolve()
    await done
    expect(steps).toEqual(['next'])
  })
})

describe('eachInOrder', () => {
  it('runs all steps at once if none waits', () => {
    const seen: number[] = []
    expect(eachInOrder([1, 2, 3], (value) => void seen.push(value))).toBeUndefined()
    expect(seen).toEqual([1, 2, 3])
  })

  it('runs a step only after the step before it, wherever one waits', async () => {
    for (const waiting of [[1], [2], [3], [1, 2, 3], [1, 3]]) {
      const seen: string[] = []
      const step = (value: number): Paused => {
        seen.push(`begin ${value}`)
        return waiting.includes(value) ? Promise.resolve().then(() => void seen.push(`end ${value}`)) : undefined
      }
      await eachInOrder([1, 2, 3], step)
      const expected = [1, 2, 3].flatMap((value) => [
        `begin ${value}`,
        ...(waiting.includes(value) ? [`end ${value}`] : []),
      ])
      expect(seen).toEqual(expected)
    }
  })

  it('runs no step after one that fails', async () => {
    const seen: number[] = []
    const step = (value: number): Paused => {
      seen.push(value)
      if (value === 2) return Promise.reject(new Error('gone'))
      return value === 1 ? Promise.resolve() : undefined
    }
    await expect(eachInOrder([1, 2, 3], step)).rejects.toThrow('gone')
    expect(seen).toEqual([1, 2])
  })
})
