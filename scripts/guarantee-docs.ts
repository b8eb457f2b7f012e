// The list of guarantees in the docs, made of the manifest and the tests. `node scripts/guarantee-docs.ts` writes it anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { DEFERRED, GUARANTEES } from '../test/manifest.ts'
import { findProofs } from '../test/setup/find-proofs.ts'
import { writtenRegion } from './written-region.ts'

/** The page that has the list. */
export const GUARANTEES_PAGE = new URL('../docs/guarantees.md', import.meta.url)

const REGION = writtenRegion('guarantees', 'scripts/guarantee-docs.ts')

/** Returns the page with the list as the manifest and the tests have it now. */
export function withGuarantees(page: string): string {
  const proofs = findProofs()
  const groups = Object.entries(GUARANTEES).map(([title, group]) => {
    const rows = Object.entries(group).map(([id, sentence]) => `| **${id}** | ${sentence} | ${proofOf(id, proofs)} |`)
    return [`## ${title}\n`, '| | guarantee | tests |', '|---|---|---|', ...rows, ''].join('\n')
  })
  return REGION.replace(page, groups.join('\n'))
}

function proofOf(id: string, proofs: ReadonlyMap<string, readonly string[]>): string {
  if (DEFERRED.includes(id)) return '*deferred*'
  return (proofs.get(id) ?? []).map((file) => `[${labelOf(file)}](../${file})`).join(', ')
}

function labelOf(file: string): string {
  return file.replace(/^test\//u, '').replace(/\.test\.ts$/u, '')
}

if (import.meta.main) writeFileSync(GUARANTEES_PAGE, withGuarantees(readFileSync(GUARANTEES_PAGE, 'utf8')))
