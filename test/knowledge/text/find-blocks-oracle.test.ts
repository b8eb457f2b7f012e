import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { findBlocks, headingText } from '../../../src/knowledge/text/find-blocks.ts'
import { plainHeading } from '../../../src/knowledge/text/plain-heading.ts'
import { headingsByOracle, kindsByBlocks, kindsByOracle } from './markdown-oracle.ts'

/** Lines on which `findBlocks` disagrees on purpose, because they have no sentences: inline tags alone, and rows. */
const WITHOUT_SENTENCES = /^[\s>]*(?:(?:<[^<>]+>\s*)+$|\|)/u
const EMPTY = /^[\s>]*$/u

interface Disagreement {
  readonly line: string
  readonly oracle: string | undefined
  readonly blocks: string | undefined
}

function disagreements(text: string): readonly Disagreement[] {
  const [byOracle, byBlocks] = [kindsByOracle(text), kindsByBlocks(text)]
  return text.split(/\r\n?|\n/u).flatMap((line, index) => {
    const [oracle, blocks] = [byOracle[index], byBlocks[index]]
    return oracle === blocks || EMPTY.test(line) || WITHOUT_SENTENCES.test(line) ? [] : [{ line, oracle, blocks }]
  })
}

/** A heading keeps the brackets of a reference such as `[1.0]`, whose definition may stand anywhere in the document. */
function withoutBrackets(heading: string): string {
  return heading.replaceAll(/[[\]]/gu, '')
}

/**
 * Texts of the README files of the packages in package.json. The sample changes only when one of them is added, removed or
 * upgraded, not with the packages that these need.
 */
function readPackages(): readonly string[] {
  const { dependencies, devDependencies } = packageJson
  return Object.keys({ ...dependencies, ...devDependencies })
    .toSorted()
    .flatMap((name) => globSync(`node_modules/${name}/{README,readme,Readme}.md`))
    .map((path) => readFileSync(path, 'utf8'))
    .filter((text) => !text.startsWith('---\n'))
}

const word = fc.constantFrom('one', 'two', '**three**', '`four`', 'a < b', '#5', '1.', '|', '[link](x)', '<b>six</b>')
const sentence = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => `Text ${words.join(' ')} end.`)
const codeLine = fc.constantFrom(
  '# no heading',
  '- x',
  '| a |',
  '',
  '[a]: b',
  '<div>',
  '``',
  'x = 1;',
  '> y',
  '~~',
  '    z',
)
const code = fc.array(codeLine, { maxLength: 5 })
const lines = (...parts: readonly string[]): readonly string[] => parts

const leaf: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.array(sentence, { minLength: 1, maxLength: 3 }),
  fc.tuple(fc.integer({ min: 1, max: 6 }), sentence).map(([level, text]) => lines(`${'#'.repeat(level)} ${text}`)),
  fc
    .tuple(sentence, fc.constantFrom('===', '---'))
    .map(([text, underline]) => lines(text.replaceAll('|', ''), underline)),
  fc.tuple(fc.constantFrom('```', '~~~', '````'), code).map(([fence, inner]) => lines(`${fence}ts`, ...inner, fence)),
  code.map((inner) => lines('````md', '```', ...inner, '```', '````')),
  code.map((inner) => lines('    code', ...inner.filter((line) => !/^[|[]/u.test(line)).map((line) => `    ${line}`))),
  fc.constantFrom(
    lines('| a | b |', '| --- | :-: |', '| 1 | 2 |'),
    lines('a | b', '--- | ---', '1 | 2'),
    lines('<div class="x">', 'no *prose*', '</div>'),
    lines('<script>', '', 'let x = 1', '', '</script>'),
    lines('<!-- a', '', 'b -->'),
    lines('[label]: https://example.com "Title"', '[other]:', '  <x>'),
    lines('***'),
  ),
)

const document: fc.Arbitrary<readonly string[]> = fc.letrec<{ readonly blocks: readonly string[] }>((tie) => {
  // An underline in a quotation or a list item makes no heading.
  const isUnderline = (line: string): boolean => /^[\s>]*(?:===|---)$/u.test(line)
  const inside = fc.oneof({ maxDepth: 2 }, leaf, tie('blocks')).filter((inner) => !inner.some(isUnderline))
  // Quotations in list items are read as text of the item.
  const unquoted = inside.filter((inner) => !inner.some((line) => /^[\s\d.-]*>/u.test(line)))
  const prefixed = (first: string, rest: string) =>
    (first === '> ' ? inside : unquoted).map((inner) => inner.map((line, index) => (index === 0 ? first : rest) + line))
  return {
    blocks: fc
      .array(fc.oneof(leaf, prefixed('> ', '> '), prefixed('- ', '  '), prefixed('1. ', '   ')), {
        minLength: 1,
        maxLength: 4,
      })
      .map((blocks) => blocks.flatMap((block) => [...block, ''])),
  }
}).blocks

describe('findBlocks beside a CommonMark parser', () => {
  it('agrees on nearly all lines of the documents of packages', () => {
    const texts = readPackages()
    const count = texts.reduce((sum, text) => sum + text.split('\n').length, 0)
    const found = texts.flatMap(disagreements)
    expect(count).toBeGreaterThan(5_000)
    expect(found.length / count, JSON.stringify(found.slice(0, 5))).toBeLessThan(0.001)
  })

  it('agrees on the texts of nearly all headings of the documents of packages', () => {
    const texts = readPackages()
    const headings = texts.map((text) => {
      const blocks = findBlocks(text).filter(({ level }) => level > 0)
      return [headingsByOracle(text), blocks.map((block) => plainHeading(headingText(text, block)))] as const
    })
    const wrong = headings.flatMap(([oracle, ours]) =>
      oracle.filter((text, index) => withoutBrackets(text) !== withoutBrackets(ours[index] ?? '')),
    )
    expect(
      wrong.length / headings.flatMap(([oracle]) => oracle).length,
      JSON.stringify(wrong.slice(0, 9)),
    ).toBeLessThan(0.02)
  })

  it('agrees on the lines of generated documents', () => {
    fc.assert(
      fc.property(document, (generated) => {
        expect(disagreements(generated.join('\n'))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
