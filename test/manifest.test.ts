import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GUARANTEES_PAGE, withGuarantees } from '../scripts/guarantee-docs.ts'
import { DEFERRED, GUARANTEES, IDS } from './manifest.ts'
import { findProofs } from './setup/find-proofs.ts'

const proven = findProofs()

describe('the manifest', () => {
  it('has a test for every id that is not deferred', () => {
    const unproven = IDS.filter((id) => !DEFERRED.includes(id) && !proven.has(id))
    expect(unproven, 'write the test whose title begins with the id').toEqual([])
  })

  it('defers no id that has a test', () => {
    const done = DEFERRED.filter((id) => proven.has(id))
    expect(done, 'take the id from DEFERRED in test/manifest.ts').toEqual([])
  })

  it('knows every id that a test names', () => {
    expect([...proven.keys()].filter((id) => !IDS.includes(id))).toEqual([])
  })

  it('gives each id a sentence of its own', () => {
    const sentences = Object.values(GUARANTEES).flatMap((group) => Object.values(group))
    expect(sentences.filter((sentence) => !/^[\p{Lu}\d`].+\.$/u.test(sentence))).toEqual([])
    expect(new Set(sentences).size).toBe(IDS.length)
    expect(new Set(IDS).size).toBe(IDS.length)
  })
})

describe('the rules in docs/protocol.md', () => {
  it('have the ids of the manifest, each once and in its order', () => {
    const page = readFileSync('docs/protocol.md', 'utf8')
    const rules = [...page.matchAll(/^- \*\*(\w+)\*\* /gmu)].map(([, id]) => id)
    expect(rules).toEqual(IDS.filter((id) => /^[PESNXR]\d/u.test(id)))
  })
})

describe('the list in docs/guarantees.md', () => {
  it('is what the manifest and the tests say: run node scripts/guarantee-docs.ts after a change', () => {
    const page = readFileSync(GUARANTEES_PAGE, 'utf8')
    expect(page).toBe(withGuarantees(page))
  })
})
