import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMPTY_RESULT, reduceEvent, type PartialChatResult } from '../../src/index.ts'
import { segments } from '../../src/client.ts'
import { citationLinks, type CitedAnswer } from '../../src/markdown.ts'
import { scriptedChatModel } from '../../src/testing.ts'
import { ask, FINISH } from '../core/ask.ts'
import { readHtml } from './support/read-html.ts'
import { renderers, type Renderer } from './support/renderers.ts'

const WORDS = [
  'Cats sleep. ', 'word', ' ', '猫睡觉', '。', '😀', '\n', '\n\n', '\r\n', '\t', '    ',
  '**', '*', '_', '~~', '`', '```\n', '- ', '1. ', '- [ ] ', '> ', '# ', '===\n', '---\n',
  '| a | b |\n|---|---|\n', '| ', ' |\n', '\\', '!', '[', ']', '](', '(', ')', '![', '[^1]', '[^1]: note\n', '[^',
  '[x](https://a.example)', '[1]: https://evil.example\n', '[2]: <javascript:alert(1)> "t"\n', ' https://a.example ',
  '&amp;', '&#91;1&#93;', '&#xFDD1;', '&#64977;', '\ufdd0', '\ufdd1', '\ufdd1\ufdd1\ufdd1', '\u27e6', '\u27e7', '$',
  '\u27e6[]&#xFDD1;&#xFDD1;0\ufdd0\u27e7', 'a<b>b</b>', '<', '>', ':', '0',
] // prettier-ignore

const markdown = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom('[1]', '[2]', '[1, 2]', '【2】') },
    { weight: 5, arbitrary: fc.constantFrom(...WORDS) },
  ),
  { maxLength: 20 },
)

/** Renders an answer without ragwire, with quotation marks in place of the markers, and reads where the markers are. */
function expectedOf(result: CitedAnswer, { plain }: Renderer) {
  const pieces = segments(result)
  // The brackets keep labels of links from being labels, as the brackets of a marker do.
  const source = pieces.map((piece, index) => (piece.type === 'text' ? piece.text : `«${index}[]»`)).join('')
  const citations: string[] = []
  const text = readHtml(plain(source)).map(({ text, literal, href }) =>
    text.replaceAll(/«(\d+)\[\]»/gu, (_, index) => {
      const piece = pieces[Number(index)]
      if (piece?.type !== 'citation') return expect.fail(`no marker ${index}`)
      // A URL in the text ends before a marker.
      const endsUrl = text.startsWith('https://') && decodeURI(href).includes('«')
      if (literal && !endsUrl) return piece.text
      citations.push(piece.citations.map(({ citation }) => citation.index).join(' '))
      return ''
    }),
  )
  return { text: comparable(text.join('')), citations }
}

function shownOf(result: CitedAnswer, { cited }: Renderer) {
  const shown = readHtml(cited(result))
  const text = shown.map((part) => part.text).join('')
  return { text: comparable(text), citations: shown.flatMap(({ citations }) => citations ?? []) }
}

/** Removes marks that are text where a marker as such makes no emphasis, and the line breaks between blocks. */
function comparable(text: string): string {
  return text.replaceAll(/[*~]/gu, '').replaceAll(/\s+/gu, ' ').trim()
}

describe.each(renderers)('citations with $name', (renderer) => {
  it('are elements in place of their markers, with the same text around them, for any Markdown and any cut', () => {
    fc.assert(
      fc.property(markdown, fc.boolean(), fc.nat(), (words, strip, cut) => {
        const { answer, ...rest } = answerOf(words, strip)
        const result = { ...rest, answer: answer.slice(0, cut % (2 * answer.length + 1)) }
        expect(shownOf(result, renderer)).toEqual(expectedOf(result, renderer))
      }),
      { numRuns: 1500 },
    )
  })

  it('are there after each event of a stream', async () => {
    await fc.assert(
      fc.asyncProperty(markdown, fc.constantFrom('keep', 'strip'), async (words, markers) => {
        const model = scriptedChatModel(['Cats. ', ...words, FINISH])
        let result: PartialChatResult = EMPTY_RESULT
        for (const event of await ask({ model, markers, check: false })) {
          result = reduceEvent(result, event)
          if (event.type === 'token') expect(shownOf(result, renderer)).toEqual(expectedOf(result, renderer))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('are links in the Markdown of citationLinks, with the same text around them', () => {
    fc.assert(
      fc.property(markdown, fc.boolean(), (words, strip) => {
        const result = answerOf(words, strip)
        const expected = expectedOf(result, renderer)
        // It cannot know what is code.
        fc.pre(expected.citations.length === result.citations.length)
        // A shortcut such as `[^1]` is no link before another bracket.
        fc.pre(words.every((word, index) => !/^[[【]/u.test(word) || !words[index - 1]?.endsWith(']')))
        // After a link definition, brackets on the next line may be its title, and the brackets of a link end that title.
        fc.pre(!/\]:[^\n]*\n\s*\(/u.test(result.answer))
        const text: string[] = []
        const links: string[] = []
        for (const shown of readHtml(
          renderer.plain(citationLinks(result, { href: ({ citation }) => `#${citation.index}` })),
        )) {
          if (/^#\d+$/u.test(shown.href)) links.push(`${shown.href}${shown.text}`)
          else text.push(shown.text)
        }
        // A link has a blank after a URL.
        expect(comparable(text.join('')).replaceAll(' ', '')).toBe(expected.text.replaceAll(' ', ''))
        expect(links).toEqual(expected.citations.map((index) => `#${index}[1]`))
      }),
      { numRuns: 1500 },
    )
  })
})

/** Returns the result of an answer whose markers are the words that look so. */
function answerOf(words: readonly string[], strip: boolean): CitedAnswer {
  let answer = ''
  const citations = words.flatMap((word, index) => {
    const isMarker = /^(?:\[[12, ]+\]|【2】)$/u.test(word)
    const start = answer.length
    if (!(strip && isMarker)) answer += word
    return isMarker ? [{ index, number: 1, sourceId: 'a', start, end: answer.length }] : []
  })
  return { answer, sources: [], citations }
}
