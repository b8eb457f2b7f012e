import { describe, expect, it } from 'vitest'
import { CASE_NAMES } from './cases.ts'
import { parseBenchOptions, selectCases } from './options.ts'

describe('parseBenchOptions', () => {
  it('measures all servers without options, writes nothing and is not strict', () => {
    expect(parseBenchOptions([])).toEqual({
      bench: 'servers',
      only: undefined,
      rounds: undefined,
      write: false,
      strict: false,
      compare: undefined,
      profile: undefined,
      million: false,
    })
  })

  it('reads every option of the servers', () => {
    const args = ['--only', 'paced', '--rounds', '3', '--strict', '--compare', 'old.tgz', '--profile', 'profiles']
    expect(parseBenchOptions(args)).toMatchObject({
      only: 'paced',
      rounds: 3,
      strict: true,
      compare: 'old.tgz',
      profile: 'profiles',
    })
  })

  it('accepts the name of every case', () => {
    for (const name of CASE_NAMES) expect(parseBenchOptions(['--only', name]).only).toBe(name)
  })

  it('names all cases when there is none of that name', () => {
    expect(() => parseBenchOptions(['--only', 'slow'])).toThrow(
      'Cannot run slow: there are fast, short, cited, handler, paced, paced-200, latency, heap',
    )
  })

  it('leaves the parts of the other benches to them', () => {
    expect(parseBenchOptions(['retrieval', '--only', 'stores', '--million'])).toMatchObject({
      bench: 'retrieval',
      only: 'stores',
      million: true,
    })
  })

  it.each([['nothing'], ['files', 'dialects']])('rejects a bench that does not exist: %s', (...args) => {
    expect(() => parseBenchOptions(args)).toThrow(RangeError)
  })

  it.each(['0', '-1', '1.5', 'many', ''])('rejects %j rounds', (rounds) => {
    expect(() => parseBenchOptions([`--rounds=${rounds}`])).toThrow(`Cannot run ${rounds} rounds`)
  })

  it.each([[['--only', 'fast']], [['--compare', 'old.tgz']], [['files']]])(
    'refuses to write only a part of the figures: %j',
    (args) => {
      expect(() => parseBenchOptions(['--write', ...args])).toThrow('Cannot write a part of the figures')
    },
  )

  it.each([[['--compare', 'old.tgz']], [['--profile', 'profiles']], [['--strict']]])(
    'rejects %j for a bench without servers',
    (args) => {
      expect(() => parseBenchOptions(['dialects', ...args])).toThrow('Only the bench of the servers')
    },
  )
})

describe('selectCases', () => {
  it('selects one case by its name, and all without a name', () => {
    expect(selectCases('heap')).toEqual(['heap'])
    expect(selectCases(undefined)).toEqual(CASE_NAMES)
  })
})
