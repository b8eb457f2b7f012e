import { describe, expect, it } from 'vitest'
import { findFailures, renderComparison, renderNotes, renderReport, type Row } from './report.ts'

const FAST: Row = {
  title: 'CPU per token',
  unit: 'µs',
  subject: 'ragwire',
  base: 'relay',
  goal: 0.8,
  limit: 1.2,
  rounds: [
    { pipe: 1, relay: 4, ragwire: 3 },
    { pipe: 2, relay: 8, ragwire: 4 },
    { pipe: 1, relay: 2, ragwire: 3 },
  ],
}
const HANDLER: Row = {
  title: 'The handler',
  unit: 'µs',
  subject: 'handler',
  base: 'ragwire',
  goal: 1.15,
  rounds: [{ ragwire: 10, handler: 12 }],
}
const LATENCY: Row = {
  title: 'Latency',
  unit: 'ms',
  subject: 'ragwire',
  base: 'pipe',
  by: 'difference',
  goal: 0.05,
  rounds: [
    { pipe: 0.2, ragwire: 0.24 },
    { pipe: 0.3, ragwire: 0.29 },
  ],
}
const RSS: Row = { title: 'RSS', unit: 'KiB', subject: 'ragwire', base: 'relay', rounds: [{ relay: 40, ragwire: 80 }] }

describe('renderReport', () => {
  it('has a column for each measured server, and compares each round with its own base', () => {
    expect(renderReport([FAST]).split('\n')).toEqual([
      '|  | byte pipe | bare relay | ragwire | goal | met |',
      '| --- | --- | --- | --- | --- | --- |',
      '| CPU per token, 3 rounds | 1.00 µs (0.25; 0.25–0.50) | 4.00 µs | 3.00 µs (0.75; 0.50–1.50) | ≤ 0.80 | yes |',
    ])
  })

  it('leaves the cells of servers empty that a row does not measure', () => {
    const [, , , handler] = renderReport([FAST, HANDLER]).split('\n')
    expect(handler).toBe('| The handler, 1 rounds |  |  | 10.0 µs | 12.0 µs (1.20; 1.20–1.20) | ≤ 1.15 | no |')
  })

  it('shows differences with their sign and unit', () => {
    const [, , latency] = renderReport([LATENCY]).split('\n')
    expect(latency).toBe(
      '| Latency, 2 rounds | 0.250 ms | 0.265 ms (+0.015 ms; −0.010 ms–+0.040 ms) | ≤ +0.050 ms | yes |',
    )
  })

  it('says nothing about a goal where there is none', () => {
    expect(renderReport([RSS])).toMatch(/\(2\.00; 2\.00–2\.00\) \|  \|  \|$/u)
  })
})

describe('renderComparison', () => {
  it('pairs the versions round by round, each with its own base', () => {
    const rounds = [
      { relay: 4, ragwire: 3, 'old-ragwire': 6 },
      { relay: 8, ragwire: 4, 'old-ragwire': 4 },
      { relay: 2, ragwire: 3, 'old-ragwire': 4 },
    ]
    expect(renderComparison([{ ...FAST, rounds }]).split('\n')).toEqual([
      '|  | old | new | new/old |',
      '| --- | --- | --- | --- |',
      '| CPU per token, 3 rounds | 4.00 µs (1.50; 0.50–2.00) | 3.00 µs (0.75; 0.50–1.50) | 0.75; 0.50–1.00 |',
    ])
  })

  it('compares the handler of each version with the answer without it of the same version', () => {
    const rounds = [{ ragwire: 10, handler: 12, 'old-ragwire': 20, 'old-handler': 30 }]
    const [, , handler] = renderComparison([{ ...HANDLER, rounds }]).split('\n')
    expect(handler).toBe(
      '| The handler, 1 rounds | 30.0 µs (1.50; 1.50–1.50) | 12.0 µs (1.20; 1.20–1.20) | 0.40; 0.40–0.40 |',
    )
  })
})

describe('findFailures', () => {
  const slow = { ...FAST, rounds: [{ relay: 10, ragwire: 13 }] }

  it('reports a row above its limit, and no missed goal', () => {
    expect(findFailures([FAST, HANDLER, slow, RSS], { strict: false })).toEqual([
      'CPU per token: 1.30, and the limit is 1.20',
    ])
  })

  it('reports every missed goal when it is strict', () => {
    expect(findFailures([FAST, HANDLER, slow, LATENCY, RSS], { strict: true })).toEqual([
      'The handler: 1.20, and the limit is 1.15',
      'CPU per token: 1.30, and the limit is 0.80',
    ])
  })

  it('reports a row without figures, because it reaches no goal', () => {
    expect(findFailures([{ ...FAST, rounds: [] }], { strict: false })).toHaveLength(1)
  })
})

describe('renderNotes', () => {
  it('names the function that called the model in each version', () => {
    expect(renderNotes({ tree: 'nodeFetch' })).toContain('ragwire called the model by `nodeFetch`. Node')
    expect(renderNotes({ tree: 'nodeFetch', old: 'fetch' })).toContain('by `fetch` (old) and `nodeFetch` (new). Node')
  })
})
