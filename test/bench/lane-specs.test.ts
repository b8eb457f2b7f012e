import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CASES, CASE_NAMES } from './cases.ts'
import { laneSpecs } from './lane-specs.ts'

describe('laneSpecs', () => {
  it.each(CASE_NAMES)('starts files of the tree for the servers of %s', (name) => {
    const specs = laneSpecs(CASES[name])
    expect(specs.map((spec) => spec.name)).toEqual(CASES[name].servers)
    for (const { file } of specs) expect(existsSync(file)).toBe(true)
  })

  it('pairs the subject with the older version, and starts the relay once', () => {
    const specs = laneSpecs(CASES.fast, { oldServers: '/old' })
    expect(specs.map(({ name, file }) => [name, file.startsWith('/old')])).toEqual([
      ['relay', false],
      ['ragwire', false],
      ['old-ragwire', true],
    ])
  })

  it('starts both servers of each version to compare the handler', () => {
    const specs = laneSpecs(CASES.handler, { oldServers: '/old' })
    expect(specs.map(({ name, file }) => [name, file.startsWith('/old')])).toEqual([
      ['ragwire', false],
      ['old-ragwire', true],
      ['handler', false],
      ['old-handler', true],
    ])
  })

  it('gives each server a profile of its own', () => {
    const specs = laneSpecs(CASES.handler, { profile: join('profiles', 'handler') })
    expect(specs.map((spec) => spec.profile)).toEqual([
      join('profiles', 'handler-ragwire.cpuprofile'),
      join('profiles', 'handler-handler.cpuprofile'),
    ])
  })
})
