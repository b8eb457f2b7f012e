import { describe, expect, it } from 'vitest'
import { collectChat, streamChat } from '../../../src/index.ts'
import { extractiveChatModel } from '../../../src/knowledge/local/extractive-chat-model.ts'
import { localRetriever } from '../../../src/knowledge/local/local-retriever.ts'
import { quotableSentences } from '../../../src/knowledge/local/quotable-sentences.ts'
import { splitDocument } from '../../../src/knowledge/text/split-document.ts'

const LINES = 40
const filled = (line: (index: number) => string): string =>
  Array.from({ length: LINES }, (_, at) => line(at)).join('\n')

/** Blocks without sentences, each longer than a chunk, whose lines look like sentences. */
const BLOCKS: Readonly<Record<string, string>> = {
  'a fence': `\`\`\`text\n${filled((at) => `The heron eats fish number ${at}.`)}\n\`\`\``,
  'a fence in a list': `- Watch:\n\n  ~~~\n${filled((at) => `  The heron eats fish number ${at}.`)}\n  ~~~`,
  'indented code': filled((at) => `    The heron eats fish number ${at}.`),
  'a table': `| bird | food |\n| --- | --- |\n${filled((at) => `| The heron | eats fish number ${at}. |`)}`,
  'a table without bars at its ends': `bird | food\n--- | ---\n${filled((at) => `The heron | eats fish number ${at}.`)}`,
  'an HTML table': `<table>\n${filled((at) => `The heron eats fish number ${at}.`)}\n</table>`,
  'preformatted HTML': `<pre>\n${filled((at) => `The heron eats fish number ${at}.\n`)}\n</pre>`,
  'a comment': `<!--\n${filled((at) => `The heron eats fish number ${at}.\n`)}\n-->`,
  'a formula': `$$\n${filled((at) => `The heron eats fish number ${at}.`)}\n$$`,
  'an environment': `\\begin{align*}\n${filled((at) => `The heron eats fish number ${at}.`)}\n\\end{align*}`,
  'link definitions': filled((at) => `[The heron eats fish ${at}.]: https://img.example/heron-${at}.svg`),
  images: filled((at) => `![The heron eats fish number ${at}.](https://img.example/${at}.svg)`),
  anchors: filled((at) => `<a name="the-heron-eats-fish-${at}"></a>`),
}

describe('the blocks of the document', () => {
  it.each(Object.entries(BLOCKS))('B23: no piece of %s is quoted, at any size of a chunk', async (_name, block) => {
    const text = `Herons are birds.\n\n${block}\n\nA heron sleeps in a tree at night.`
    for (const chunkChars of [100, 150, 333, 400]) {
      const retriever = localRetriever([{ documentId: 'a', text }], { chunkChars, minScore: 0 })
      const model = extractiveChatModel({ wordsPerSecond: Infinity, maxSentences: 9 })
      for (const question of ['Which fish number eats the heron?', 'Where does a heron sleep?']) {
        const { answer } = await collectChat(streamChat({ question, retriever, model, topK: 20 }))
        expect(answer).not.toContain('fish number')
        expect(answer).not.toMatch(/https?:|<a|\$\$|\||```|~~~/u)
      }
    }
  })

  it('B23: each piece knows where the block ends that it begins in', () => {
    const code = `\`\`\`\n${filled((at) => `line ${at}`)}\n\`\`\``
    const text = `One.\n\n${code}\n\nTwo.`
    const pieces = splitDocument({ text }, 100)
    expect(pieces[0]).not.toHaveProperty('verbatimEnd')
    const inside = pieces.filter(({ verbatimEnd }) => verbatimEnd !== undefined)
    expect(inside.length).toBeGreaterThan(2)
    const end = text.indexOf(code) + code.length
    for (const { start, end: pieceEnd, verbatimEnd } of inside)
      expect(start + (verbatimEnd ?? 0)).toBe(Math.min(end, pieceEnd))
  })

  it('B23: finds the end of code that a text of another splitter begins in', () => {
    const texts = (text: string) => quotableSentences(text).map((sentence) => sentence.text)
    expect(texts('The heron eats fish.\nIt sleeps.\n```\n\nHerons are birds.')).toEqual(['Herons are birds.'])
    expect(texts('Herons are birds.\n\n```\nThe heron eats fish.')).toEqual(['Herons are birds.'])
    expect(texts('Run this, please:\n```sh\nnpm test\n```')).toEqual(['Run this, please:'])
  })

  it('B23: an unclosed formula hides only its own paragraph', () => {
    const texts = quotableSentences('$$\nx = 1.\n\nHerons are birds.').map(({ text }) => text)
    expect(texts).toEqual(['Herons are birds.'])
  })
})
