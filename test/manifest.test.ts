import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { DEFERRED, IDS } from './manifest.ts'

const ID = /[A-DPTF]\d+(?:-[a-z]+)?/g
const LEADING_IDS = /^(?:[A-DPTF]\d+(?:-[a-z]+)?(?:, |: | |$))+/

const proven = new Set(globSync('test/**/*.test.ts').flatMap(titlesOf).flatMap(leadingIds))

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
    expect([...proven].filter((id) => !IDS.includes(id))).toEqual([])
  })
})

/** The texts that can be titles: every string of a test file, so that the rows of a table count, too. */
function titlesOf(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest)
  const titles: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) titles.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return titles
}

function leadingIds(title: string): readonly string[] {
  return LEADING_IDS.exec(title)?.[0].match(ID) ?? []
}
