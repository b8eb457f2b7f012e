import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'

const ID = /[A-FNPRSTX]\d+(?:-[a-z]+)?/g
const LEADING_IDS = /^(?:[A-FNPRSTX]\d+(?:-[a-z]+)?(?:, |: | |$))+/

/** Finds the test files that prove each id: those with a title that begins with it. The files are sorted. */
export function findProofs(): ReadonlyMap<string, readonly string[]> {
  const proofs = new Map<string, string[]>()
  for (const file of globSync('test/**/*.test.ts', { exclude: ['**/node_modules'] }).toSorted()) {
    for (const id of new Set(titlesOf(file).flatMap(leadingIds))) proofs.set(id, [...(proofs.get(id) ?? []), file])
  }
  return proofs
}

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
