import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FAULTS_PAGE, withFaults } from '../../../scripts/fault-docs.ts'

describe('the list of faults in docs/guides/testing.md', () => {
  it('matches the code: run node scripts/fault-docs.ts after a change', () => {
    const page = readFileSync(FAULTS_PAGE, 'utf8')
    expect(page).toBe(withFaults(page))
  })

  it('changes with the code', () => {
    const page = readFileSync(FAULTS_PAGE, 'utf8')
    expect(withFaults(page.replace('`faults.stall`', '`faults.other`'))).toBe(page)
  })
})
