import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createThinkingFilter, withoutThinking } from '../../../src/core/text/thinking-filter.ts'

/** Returns the answer of a text that arrives in these pieces. */
function filterAll(pieces: readonly string[], options: { readonly opened?: boolean } = {}): string {
  const filter = createThinkingFilter(options)
  return pieces.map((piece) => filter.write(piece)).join('') + filter.end()
}

const THOUGHTS: readonly (readonly [name: string, text: string, answer: string])[] = [
  ['a block', '<think>\nHm [1]\n</think>\n\nYes [2].', 'Yes [2].'],
  ['a block without a line end', '<think>Hm</think>Yes.', 'Yes.'],
  ['an empty block', '<think>\n\n</think>\n\nYes.', 'Yes.'],
  ['blanks before a block', '\n <think>Hm</think>Yes.', 'Yes.'],
  ['blanks before a closing tag', '\n</think>\nYes.', 'Yes.'],
  ['a block in capitals', '<THINK>Hm</Think>Yes.', 'Yes.'],
  ['another name', '<thinking>Hm</thinking> Yes.', 'Yes.'],
  ['<thought>', '<thought>Hm</thought>Yes.', 'Yes.'],
  ['<reasoning>', '<reasoning>Hm</reasoning>Yes.', 'Yes.'],
  ['triangles', '◁think▷Hm◁/think▷Yes.', 'Yes.'],
  ['square brackets', '[THINK]Hm[/THINK]Yes.', 'Yes.'],
  ['special tokens', '<|START_THINKING|>Hm<|END_THINKING|>Yes.', 'Yes.'],
  ['channels', '<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Yes.', 'Yes.'],
  ['details', '<details type="reasoning" done="true">\n<summary>Hm</summary>\n</details>\nYes.', 'Yes.'],
  ['two blocks', '<think>a</think>\n<think>b</think>Yes.', 'Yes.'],
  ['blocks of two names', '<thinking>a</thinking><reasoning>b</reasoning>Yes.', 'Yes.'],
  ['a block in a block', '<think>a<think>b</think>c</think>Yes.', 'Yes.'],
  ['a thought that speaks of the tag', '<think>What is <think>?</think>\nA tag.', 'A tag.'],
  ['a thought that speaks of other tags', '<think>Use <b> or </thinking> < 3 [1]</think>Yes.', 'Yes.'],
  ['a block that never ends', '<think>Hm, let me', ''],
  ['half a closing tag', '<think>Hm</thin', ''],
  ['a closing tag at the beginning', '</think>\n\nYes.', 'Yes.'],
  ['only a block', '<think>Hm</think>\n', ''],
  ['tags with blanks', '<think >Hm</think\n>Yes.', 'Yes.'],
  ['a tag with attributes', '<thinking budget="9" type=\'x\'>Hm</thinking>Yes.', 'Yes.'],
  ['a tag that closes itself', '<think/>Yes.', 'Yes.'],
  ['a closing tag of another name', '<think>Hm</thinking>Yes.', 'Yes.'],
  ['a closing tag that is quoted', '<think>The tag `</think>` or "</think>" ends it.</think>Yes.', 'Yes.'],
  ['a thought that ends in code', '<think>`a`</think>Yes.', 'Yes.'],
  ['a thought that ends in code, and no more', '<think>`a`</think>', ''],
  ['a scratchpad', '<scratchpad>Hm</scratchpad>Yes.', 'Yes.'],
  ['the channels of another model', '<|channel>thought\nHm<channel|>Yes.', 'Yes.'],
]

const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['plain text', 'Yes.'],
  ['text with blanks around it', '\n  Yes. \n'],
  ['a block after text', 'Models write <think>a</think> first.'],
  ['a block in a fence', '```xml\n<think>a</think>\n```'],
  ['a tag in code', '`<think>` opens a thought.'],
  ['another tag', '<thin>a</thin>'],
  ['the beginning of a tag', '<thi'],
  ['a tag with attributes that does not end', '<think what'],
  ['a name that begins like one', '<thinker>a</thinker>'],
  ['more blanks than belong to a thought', `${' '.repeat(600)}Yes.`],
  ['a comparison', '< 3 and > 2'],
  ['a citation', '[1] says so.'],
  ['blanks', ' \n'],
  ['nothing', ''],
]

describe('createThinkingFilter', () => {
  it.each(THOUGHTS)('A9: removes %s, for every cut', (_name, text, answer) => {
    for (let cut = 0; cut <= text.length; cut++) {
      expect(filterAll([text.slice(0, cut), text.slice(cut)]), `cut at ${cut}`).toBe(answer)
    }
    expect(filterAll([...text])).toBe(answer)
  })

  it.each(TEXTS)('A9: does not change %s, for every cut', (_name, text) => {
    for (let cut = 0; cut <= text.length; cut++) {
      const pieces = [text.slice(0, cut), text.slice(cut)]
      expect(filterAll(pieces), `cut at ${cut}`).toBe(text)
    }
  })

  it.each([
    ['a closing tag alone', 'Okay, the user asks [1].\n</think>\n\nYes [2].', 'Yes [2].'],
    ['a thought that mentions the tag', 'What is <think>?\n</think>\nA tag.', 'A tag.'],
    ['its own opening tag', '<think>Hm</think>Yes, </think> closes.', 'Yes, </think> closes.'],
    ['no closing tag', 'Yes, of course.', 'Yes, of course.'],
    ['half a closing tag', 'Yes </thin', 'Yes </thin'],
    ['triangles', 'Hm◁/think▷Yes.', 'Yes.'],
  ])('A9: handles %s after a thought that the prompt template has opened, for every cut', (_name, text, answer) => {
    for (let cut = 0; cut <= text.length; cut++) {
      expect(filterAll([text.slice(0, cut), text.slice(cut)], { opened: true }), `cut at ${cut}`).toBe(answer)
    }
  })

  it.each([
    ['a thought', '<think>Hm</think>Why?', 'Why?'],
    ['a thought without its opening tag', 'Hm\n</think>\nWhy?', 'Why?'],
    ['no thought', 'Why?', 'Why?'],
    ['a question about the tag', 'Why do models write <think>a</think>?', 'Why do models write <think>a</think>?'],
    ['a thought that never ends', '<think>Hm', ''],
  ])('A9: removes the thought from a whole text with %s by withoutThinking', (_name, text, answer) => {
    expect(withoutThinking(text)).toBe(answer)
  })

  it('A9: gives the same result for every cut', () => {
    const word = fc.constantFrom(
      '<think>',
      '</think>',
      '<thinking>',
      '</thinking>',
      '◁think▷',
      '[1]',
      '<',
      ' ',
      '\n',
      'a',
    )
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 12 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat(4)),
        (words, opened, sizes) => {
          const text = words.join('')
          const pieces: string[] = []
          for (let at = 0; at < text.length;) {
            const { value: size = 1 } = sizes.next()
            pieces.push(text.slice(at, at + size))
            at += size
          }
          expect(filterAll(pieces, { opened })).toBe(filterAll([text], { opened }))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('A9: emits text at once after the beginning, and reports what it recognised', () => {
    const filter = createThinkingFilter()
    expect(filter.write('<think>a')).toBe('')
    expect(filter).toMatchObject({ thinking: true, passing: false })
    expect(filter.write('</think>Y')).toBe('Y')
    expect(filter).toMatchObject({ thinking: false, passing: true, closedAlone: false })
    expect(filter.write('<think>')).toBe('<think>')

    const opened = createThinkingFilter({ opened: true })
    expect(opened.write('a</think>Y')).toBe('Y')
    expect(opened.closedAlone).toBe(true)
  })
})
