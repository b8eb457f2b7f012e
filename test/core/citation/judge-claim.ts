import { createCitationCheck } from '../../../src/core/citation/create-citation-check.ts'
import type { CitationSupport } from '../../../src/core/vocabulary/citations.ts'

const check = createCitationCheck()

/** Returns the outcome of the built-in check for a claim about a text without a title. */
export function judgeClaim(claim: string, text: string): CitationSupport | undefined {
  const source = { number: 1, sourceId: 's', documentId: 'd', chunkId: 'c', title: '', text, metadata: {} }
  const outcome = check({ claim, source }, { signal: new AbortController().signal })
  if (outcome instanceof Promise) throw new TypeError('The built-in check answers at once')
  return outcome
}
