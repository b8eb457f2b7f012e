import { expect, it } from 'vitest'
import { citationLinks, markedCitations, remarkCitations, stripCitations } from '../../src/markdown.ts'

it.each(Object.entries({ citationLinks, markedCitations, remarkCitations, stripCitations }))(
  '%s refuses what is no result, such as a turn or a text',
  (name, use) => {
    const message = `Cannot use ${name} without a result: pass one with answer, sources and citations, such as turn.result`
    for (const wrong of [
      undefined,
      null,
      'Cats. [1]',
      { result: {} },
      { answer: 'Cats.', sources: [] },
      { answer: [] },
    ]) {
      expect(() => use(wrong as never)).toThrow(new TypeError(message))
    }
  },
)
