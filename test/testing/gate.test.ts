import { describe, expect, it } from 'vitest'
import { createGate } from '../../src/testing.ts'
import { passBarrier } from '../../src/testing/gate.ts'

describe('createGate', () => {
  it('stops callers and lets them through in order', async () => {
    const gate = createGate()
    const passed: number[] = []
    const [first, second, third] = [1, 2, 3].map((caller) => gate.pass().then(() => passed.push(caller)))
    expect(gate.waiting).toBe(3)
    gate.release(2)
    expect(gate.waiting).toBe(1)
    await Promise.all([first, second])
    expect(passed).toEqual([1, 2])
    gate.open()
    await third
    expect(passed).toEqual([1, 2, 3])
  })

  it('keeps a release for a future caller', async () => {
    const gate = createGate()
    gate.release()
    await gate.pass()
    void gate.pass()
    expect(gate.waiting).toBe(1)
  })

  it('reports that a caller has arrived', async () => {
    const gate = createGate()
    const reached = gate.reached().then(() => gate.waiting)
    void gate.pass()
    expect(await reached).toBe(1)
  })

  it('gives the place of an aborted caller to the next one', async () => {
    const gate = createGate()
    const { signal, abort } = controllable()
    const first = gate.pass({ signal })
    const second = gate.pass()
    abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    gate.release()
    await second
    await expect(gate.pass({ signal })).rejects.toThrow('gone')
  })
})

describe('passBarrier', () => {
  it('waits for a promise, and fails as it fails', async () => {
    await passBarrier(Promise.resolve())
    await expect(passBarrier(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  it.each([new Promise<never>(() => {}), createGate()])('rejects with the reason of its signal', async (barrier) => {
    const { signal, abort } = controllable()
    const passing = passBarrier(barrier, { signal })
    const reason = new Error('stop')
    abort(reason)
    await expect(passing).rejects.toBe(reason)
  })
})

function controllable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (reason: unknown) => controller.abort(reason) }
}
