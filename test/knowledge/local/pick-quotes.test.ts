import { describe, expect, it } from 'vitest'
import { pickQuotes } from '../../../src/knowledge/local/pick-quotes.ts'
import { sourcesOf } from './sources.ts'

function pick(question: string, texts: readonly string[], maxSentences = 2): readonly string[] {
  return pickQuotes(question, sourcesOf(texts), maxSentences).map(({ number, text }) => `${number}: ${text}`)
}

describe('pickQuotes', () => {
  it('picks the sentence with the most words of the question', () => {
    const text = 'Tea is a drink. Green tea is steeped at 80 °C. Water boils.'
    expect(pick('How hot is green tea steeped?', [text], 1)).toEqual(['1: Green tea is steeped at 80 °C.'])
  })

  it('prefers the kind of answer that the question asks for', () => {
    const text = 'The company was founded by friends. The company was founded in 1998.'
    expect(pick('When was the company founded?', [text], 1)).toEqual(['1: The company was founded in 1998.'])
    expect(pick('公司是什么时候成立的？', ['公司由朋友成立。公司成立于1998年。'], 1)).toEqual(['1: 公司成立于1998年。'])
  })

  it('prefers the better source', () => {
    const quotes = pickQuotes('Where is the key?', sourcesOf(['The key is here.', 'The key is there.'], [0.2, 0.9]), 1)
    expect(quotes).toEqual([{ number: 2, text: 'The key is there.' }])
  })

  it('uses the order of the sources when there are no scores', () => {
    expect(pick('Where is the key?', ['The key is here.', 'The key is there.'], 1)).toEqual(['1: The key is here.'])
  })

  it('picks a second sentence that adds what the first one lacks', () => {
    const texts = ['Anna designed the bridge. Anna designed the bridge well. Boris built the bridge.']
    expect(pick('Who designed and who built the bridge?', texts)).toContain('1: Boris built the bridge.')
  })

  it('omits a second sentence that is much worse', () => {
    const text = 'The copper bridge over the river Spree opened in 1910. A river is wet.'
    expect(pick('When did the copper bridge over the river Spree open?', [text])).toHaveLength(1)
  })

  it('returns the sentences of one source in their order', () => {
    const text = 'Visitors enter through the gate. The garden is large. The gate closes at noon.'
    expect(pick('When does the gate for visitors close?', [text])).toEqual([
      '1: Visitors enter through the gate.',
      '1: The gate closes at noon.',
    ])
  })

  it('does not quote the same sentence from two sources', () => {
    expect(pick('Where is the key?', ['The key is here.', 'The key is here.'])).toEqual(['1: The key is here.'])
  })

  it('uses the heading of a sentence to find its topic', () => {
    const text = '# Retries\n\nThere are two by default.\n\n# Timeouts\n\nThey last ten minutes by default.'
    expect(pick('What is the default timeout?', [text], 1)).toEqual(['1: They last ten minutes by default.'])
  })

  it('quotes no headings, code, tables, images, bare links or questions', () => {
    const text = [
      '```\nThe key is code.\n```',
      '# The key',
      '| The key | table |',
      '![The key](key.png)',
      '[The key](key.html)',
      'Where is the key?',
      'Half a key ` is here.',
    ]
    expect(pick('Where is the key?', [text.join('\n\n')])).toEqual([])
  })

  it('quotes list items without their marks', () => {
    expect(pick('Where is the key?', ['1. Look.\n2. The key is here.'])).toEqual(['1: The key is here.'])
  })

  it('finds nothing when no sentence shares a term with the question', () => {
    expect(pick('Who won the cup?', ['Tea is a drink.'])).toEqual([])
    expect(pick('Who won the cup?', [])).toEqual([])
  })

  it('answers a question without terms with the beginning of the best source', () => {
    expect(pick('Who are they?', ['', 'They sing. They play. They tour.'])).toEqual(['2: They sing.', '2: They play.'])
  })
})
