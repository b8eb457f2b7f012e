import { describe, expect, it } from 'vitest'
import { pickQuotes } from '../../../src/knowledge/local/pick-quotes.ts'
import { sourcesOf } from './sources.ts'

function pick(question: string, texts: readonly string[], maxSentences = 2): readonly string[] {
  return pickQuotes(question, sourcesOf(texts), { maxSentences }).map(({ number, text }) => `${number}: ${text}`)
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
    const quotes = pickQuotes('Where is the key?', sourcesOf(['The key is here.', 'The key is there.'], [0.2, 0.9]), {
      maxSentences: 1,
    })
    expect(quotes).toEqual([{ number: 2, text: 'The key is there.' }])
  })

  it('uses the order of the sources when there are no scores', () => {
    expect(pick('Where is the key?', ['The key is here.', 'The key is there.'], 1)).toEqual(['1: The key is here.'])
  })

  it('picks a second sentence that adds what the first one lacks', () => {
    const texts = ['Anna designed the bridge. Anna designed the bridge well. Boris built the bridge.']
    expect(pick('Who designed and who built the bridge?', texts)).toContain('1: Boris built the bridge.')
  })

  it('prefers the sentence that defines what "What is …?" asks for', () => {
    const texts = ['Every gate has a keeper who opens the gate. A gate is a door in a wall. The gate creaks.']
    expect(pick('What is a gate?', texts, 1)).toEqual(['1: A gate is a door in a wall.'])
    expect(pick('大门是什么？', ['有些大门很旧。大门是墙上的入口。'], 1)).toEqual(['1: 大门是墙上的入口。'])
  })

  it('begins with the first sentences of the section that the question names', () => {
    const text = '# Garden\n\n## Gates\n\nOne is open. Two are not. Ask us. Then wait.\n\n## Walls\n\nThey are high.'
    expect(pickQuotes('What about the gates?', sourcesOf([text])).map((quote) => quote.text)).toEqual([
      'One is open.',
      'Two are not.',
      'Ask us.',
    ])
  })

  it('quotes a passage if no sentence has most of the question, because the answer is often next to it', () => {
    const text = 'The mayor opened a new harbour. Boats had sunk there. A wall was built. It holds. Nobody sails.'
    expect(
      pickQuotes('What made the old harbour of the town safe?', sourcesOf([text])).map((quote) => quote.text),
    ).toEqual(['The mayor opened a new harbour.', 'Boats had sunk there.', 'A wall was built.'])
  })

  it('quotes no passage around a sentence that has most of the question, or the kind of answer that it asks for', () => {
    const text = 'The mayor opened the harbour in May 1950. Boats had sunk there. A wall was built.'
    const quotes = (question: string) => pickQuotes(question, sourcesOf([text])).map((quote) => quote.text)
    expect(quotes('What did the mayor open?')).toEqual(['The mayor opened the harbour in May 1950.'])
    expect(quotes('When was the safe harbour of the town opened?')).toEqual([
      'The mayor opened the harbour in May 1950.',
    ])
  })

  it('quotes the sentence before one that refers back to it', () => {
    const text = 'Anna owns a boat. It leaves the island at noon on Sundays. The island is quiet on Sundays.'
    expect(pick('When does the ferry leave the island on Sundays?', [text])).toEqual([
      '1: Anna owns a boat.',
      '1: It leaves the island at noon on Sundays.',
    ])
  })

  it('quotes no sentence that only says where to read more, if another one fits', () => {
    const text = 'For more information about the gates, see the gates. The gates close at noon. Walls are high.'
    expect(pick('Tell me about the gates of the walls', [text])).toEqual([
      '1: The gates close at noon.',
      '1: Walls are high.',
    ])
  })

  it('quotes the list or the code that a question about a section or a command asks for', () => {
    const list = '# Shop\n\n## Payment\n\n- Cash\n- Card\n\nEverything else is free.'
    expect(pickQuotes('Which payment is possible?', sourcesOf([list]), { maxSentences: 1 })).toEqual([
      {
        number: 1,
        text: 'Payment:',
        items: [
          { mark: '-', sentences: ['Cash'] },
          { mark: '-', sentences: ['Card'] },
        ],
      },
    ])
    const code = '```sh\npip install tool\n```'
    const text = `# Tool\n\nIt is easy to install. Install it by one command:\n\n${code}\n\nThe install takes long.`
    expect(pickQuotes('How do I install the tool?', sourcesOf([text]), { maxSentences: 1 })).toMatchObject([{ code }])
  })

  it('quotes one item of a list for a question about it', () => {
    const list = '# Shop\n\n## Payment\n\n- Cash\n- Card, without a fee'
    expect(pick('Does a payment by card cost a fee?', [list], 1)).toEqual(['1: Card, without a fee'])
  })

  it('B21: quotes another document only if it adds a part of the question and is about as good', () => {
    const quotes = (second: string) => {
      const sources = sourcesOf(['The museum costs 3 euros with a guide.', second], [0.9, 0.88])
      return pickQuotes('What does the visit of the museum cost, and is a fee due for a guide?', sources).map(
        ({ number }) => number,
      )
    }
    expect(quotes('A museum is quiet.')).toEqual([1])
    expect(quotes('The museum costs 3 euros.')).toEqual([1])
    expect(quotes('The fee for a visit with a guide is 5 euros.')).toEqual([1, 2])
  })

  it.each([
    ['How do I bake bread?', 'The protocol avoids baking a format into the page. Clients read it.'],
    ['What is the capital of France?', 'Use a capital for each name. Lists follow.'],
    ['Who won the football world cup final?', 'He won a small prize that year. It was a book.'],
  ])('quotes nothing for %j if the text has one word of it by accident', (question, text) => {
    expect(pick(question, [text])).toEqual([])
  })

  it('quotes a text that is about one of the words', () => {
    expect(pick('How do I bake bread?', ['# Bread\n\nUse rye flour.'])).toEqual(['1: Use rye flour.'])
    expect(pick('What are stators attached to?', ['The stator is fixed. A stator does not turn.'])).not.toEqual([])
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
