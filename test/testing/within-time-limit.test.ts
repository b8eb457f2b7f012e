import { describe, expect, it } from 'vitest'
import { withinTimeLimit } from '../../src/testing/within-time-limit.ts'

describe('withinTimeLimit', () => {
  it('settles like the promise, and leaves no timer', async () => {
    const timers = countTimers()
    expect(await withinTimeLimit(Promise.resolve('value'), 60_000, () => 'It did not come')).toBe('value')
    const broken = Promise.reject(new Error('broken'))
    await expect(withinTimeLimit(broken, 60_000, () => 'It did not come')).rejects.toThrow('broken')
    expect(countTimers()).toBe(timers)
  })

  it('rejects at the limit with the current description', async () => {
    let came = 0
    const limited = withinTimeLimit(new Promise(() => {}), 1, () => `Only ${came} came`)
    came = 2
    await expect(limited).rejects.toThrow('Only 2 came within 1 ms')
  })
})

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}
