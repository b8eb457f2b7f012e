import { describe, expect, it } from 'vitest'
import { quotableSentences } from '../../../src/knowledge/local/quotable-sentences.ts'

const read = (text: string) => quotableSentences(text).map((sentence) => sentence.text)

describe('quotableSentences', () => {
  it('returns each sentence with the heading above it', () => {
    expect(quotableSentences('One.\n\n# Two #\n\nTwo a. Two b.')).toEqual([
      { text: 'One.', heading: '', paragraph: 1 },
      { text: 'Two a.', heading: 'Two', paragraph: 3 },
      { text: 'Two b.', heading: 'Two', paragraph: 3 },
    ])
  })

  it('takes a paragraph for a heading if it is one of the known headings and has text after it', () => {
    const text = 'The handbook\n\nReturns\nand refunds\n\nReturns are free.\n\nReturns and refunds'
    expect(quotableSentences(text, { headings: ['The handbook', 'Returns and refunds'] })).toEqual([
      { text: 'Returns are free.', heading: 'Returns and refunds', paragraph: 3 },
      { text: 'Returns and refunds', heading: 'Returns and refunds', paragraph: 4, isUnfinished: true },
    ])
  })

  it('omits headings, code, tables, HTML, images, bare links and questions', () => {
    const noSentence = [
      '```\nconst code = true\n```',
      '# Heading',
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
    expect(closed.flatMap(read)).toEqual(['Call `a[0]` or ``b`c``.', 'See the guide.', 'An [aside] here.'])
  })

  it.each([
    [
      'a link',
      'See [the **guide**](a.md "Title"), [its end][end] and <https://a.example>.',
      'See the guide, its end and https://a.example.',
    ],
    ['emphasis', '**Bold**, *italic*, __both__ and ~~gone~~ words.', 'Bold, italic, both and gone words.'],
    ['inline tags', 'Press <kbd>Esc</kbd>,<br> then go.', 'Press Esc, then go.'],
    ['a footnote', 'It is so.[^1]', 'It is so.'],
    ['character references', 'R&amp;D is &lt;1 %.', 'R&D is <1 %.'],
    ['escapes', 'Five \\* four is \\_twenty\\_.', 'Five * four is _twenty_.'],
    ['formulas', 'The set \\(a_1\\) is empty.', 'The set \\(a_1\\) is empty.'],
    ['names and products', 'Set snake_case_name to 2 * 3 * 4.', 'Set snake_case_name to 2 * 3 * 4.'],
    ['a line break', 'One line\nand  another\r\n  end here.', 'One line and another end here.'],
    ['a Chinese line break', '第一行\n第二行。', '第一行第二行。'],
    ['a quotation', '> One line\n> and another.', 'One line and another.'],
  ])('shows %s as plain text', (_what, markdown, plain) => {
    expect(read(markdown)).toEqual([plain])
  })

  it('omits comments, also in a paragraph, over several lines and without an end', () => {
    expect(read('<!-- Do. Not. -->\n\nOne. <!-- Not this.\nNor this. --> Two.\n\nThree. <!-- Cut')).toEqual([
      'One.',
      'Two.',
      'Three.',
    ])
    expect(read('Write `<!-- note -->` and `-->`.')).toEqual(['Write `<!-- note -->` and `-->`.'])
  })

  it('keeps a sentence that ends with a colon with the list or code behind it, and omits it without', () => {
    const items = [
      { mark: '-', sentences: ['Tea.'] },
      { mark: '-', sentences: ['Green coffee.', 'It is raw.'] },
    ]
    expect(quotableSentences('We sell:\n\n- Tea.\n- [Green](g.md) coffee. It is raw.')[0]).toMatchObject({ items })
    const code = '```sh\nnpm test\n```'
    expect(quotableSentences(`Run the tests:\n${code}\nDone.`)[0]).toMatchObject({ text: 'Run the tests:', code })
    expect(quotableSentences('步骤如下：\n1. 打开。\n2. 关闭。')[0]?.items?.map(({ mark }) => mark)).toEqual([
      '1.',
      '2.',
    ])
    expect(read('It prints:\n\n| a | b |\n|---|---|\n')).toEqual([])
    expect(read('It prints:\n\n```\nno end')).toEqual([])
    expect(read(`It prints:\n\n\`\`\`\n${'line\n'.repeat(20)}\`\`\``)).toEqual([])
    expect(read('It prints this:')).toEqual([])
  })

  it('turns a heading directly above a list or code into its introduction', () => {
    expect(read('## Install\n\n```sh\nnpm install a\n```')).toEqual(['Install:'])
    expect(read('## Storage\n\n- S3\n- SFTP')).toEqual(['Storage:', 'S3', 'SFTP'])
    expect(read('## Storage\n\nMany.\n\n- S3\n- SFTP')).toEqual(['Many.', 'S3', 'SFTP'])
  })
})
