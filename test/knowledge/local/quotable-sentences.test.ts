import { describe, expect, it } from 'vitest'
import { quotableSentences } from '../../../src/knowledge/local/quotable-sentences.ts'

const read = (text: string) => quotableSentences(text).map((sentence) => sentence.text)

describe('quotableSentences', () => {
  it('returns each sentence with the heading above it', () => {
    expect(quotableSentences('One.\n\n# Two #\n\nTwo a. Two b.')).toEqual([
      { text: 'One.', heading: '' },
      { text: 'Two a.', heading: 'Two' },
      { text: 'Two b.', heading: 'Two' },
    ])
  })

  it('takes a paragraph for a heading if it is one of the known headings and has text after it', () => {
    const text = 'The handbook\n\nReturns\nand refunds\n\nReturns are free.\n\nReturns and refunds'
    expect(quotableSentences(text, ['The handbook', 'Returns and refunds'])).toEqual([
      { text: 'Returns are free.', heading: 'Returns and refunds' },
      { text: 'Returns and refunds', heading: 'Returns and refunds' },
    ])
  })

  it('omits headings, code, tables, HTML, images, bare links and questions', () => {
    const noSentence = [
      '# Heading',
      '```\nconst code = true\n```',
      '| table |',
      '<p>HTML</p>',
      '![Picture](a.png)',
      '[Link](https://example.com/a_(b))',
      'What now?',
      '现在呢？',
      '***',
    ]
    expect(read(noSentence.join('\n\n'))).toEqual([])
  })

  it('leaves out code whose fence is in another piece of the document', () => {
    const code = [
      "== 'support' || event.support === 'supported') continue",
      'return doubts }',
      "'redis://127.0.0.1:6379' })\nconst copy = redis.duplicate()\nfor (const client of [redis, copy]) watch(client)",
      'for (const doubt of doubts) {',
      'const read = (text) => text.trim()',
      'console.log(finishReason);',
      'if (a && b) stop()',
    ]
    expect(code.flatMap(read)).toEqual([])
    const prose = [
      'It costs 5 € (or more); ask first.',
      'A → B = C.',
      'Send `{ question }` to `/runs/{runId}`.',
      'Use {name} here.',
    ]
    expect(prose.flatMap(read)).toEqual(prose)
  })

  it('removes the marks of lists and quotations', () => {
    expect(read('- One.\n- Two.\n\n1) Three.\n\n> Four.')).toEqual(['One.', 'Two.', 'Three.', 'Four.'])
  })

  it('omits a sentence with unclosed code or an unclosed link, which would swallow the citation after it', () => {
    const open = ['A ` here.', 'A ``code` here.', 'A [link here.', 'A [link](here.', 'A [link](b [c](d) here.']
    expect(open.flatMap(read)).toEqual([])
  })

  it('omits a sentence after which a citation would read as an array or a formula', () => {
    const open = [
      'All x ∈',
      'The set A∖',
      'The default is x =',
      'It costs $x_1',
      'A formula \\(a here',
      'They call f(x,',
    ]
    expect(open.flatMap(read)).toEqual([])
    const closed = ['It costs $5.', 'Let x = 1.', 'The set $A$ is empty.', 'Plato’s “Republic”']
    expect(closed.flatMap(read)).toEqual(closed)
  })

  it('keeps sentences with code and links', () => {
    const closed = ['Call `a[0]` or ``b`c``.', 'See [the guide](https://example.com/a_(b)).', 'An [aside] here.']
    expect(closed.flatMap(read)).toEqual(closed)
  })
})
