import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCitationCheck } from '../../../src/core/citation/create-citation-check.ts'
import { findPassage } from '../../../src/core/citation/find-passage.ts'
import { prepareText, type ReadSentence, type ReadText } from '../../../src/core/citation/prepare-text.ts'
import { splitSentences } from '../../../src/core/text/split-sentences.ts'
import type { CitationSupport } from '../../../src/core/vocabulary/citations.ts'
import type { Source } from '../../../src/core/vocabulary/sources.ts'
import { countSteps } from '../../support/count-steps.ts'
import { markdownText } from '../../knowledge/markdown-text.ts'
import { anyText } from './any-text.ts'

const RETURNS =
  'Unused items can be returned within 30 days of delivery. The customer pays the postage of 5 euros. ' +
  'Opened software is not taken back. Refunds take up to 10 working days.'

describe('the passage of a claim', () => {
  it.each([
    ['Refunds take up to 10 working days.', 'Refunds take up to 10 working days.'],
    ['The postage is paid by the customer.', 'The customer pays the postage of 5 euros.'],
    ['Opened software is taken back.', 'Opened software is not taken back.'],
  ])('is for %j the sentence with most of its words', (claim, passage) => {
    expect(passageOf(claim, RETURNS)).toBe(passage)
  })

  it('is the sentence that has the numbers of the claim, too, where several have its words', () => {
    const text = 'Cats sleep 12 hours in summer. Cats sleep 16 hours in winter. Cats sleep 14 hours in spring.'
    expect(passageOf('Cats sleep 16 hours.', text)).toBe('Cats sleep 16 hours in winter.')
    expect(checked('Cats sleep 16 hours.', { text })).toMatchObject({ support: 'supported', reasons: [] })
  })

  it('has up to three sentences with most of the words and pairs that are not found yet', () => {
    const units = [
      'Cats ',
      'dogs ',
      'sleep ',
      'hours ',
      'the ',
      'of ',
      '12 ',
      '14 ',
      '2019 ',
      '. The ',
      '. Birds ',
      ', ',
    ]
    const text = fc.array(fc.constantFrom(...units), { maxLength: 60, size: 'max' }).map((words) => words.join(''))
    fc.assert(
      fc.property(text, text, (claim, source) => {
        const [claimed, prepared] = [prepareText(claim), prepareText(source)]
        expect(findPassage(claimed, prepared).map(({ range }) => range)).toEqual(
          expectedPassage(claimed, prepared).map(({ range }) => range),
        )
      }),
      { numRuns: 2000 },
    )
  })

  it('is not chosen by a number alone, unless the claim has no other words', () => {
    expect(passageOf('The moon landing happened 1969.', 'The company was founded in 1969.')).toBeUndefined()
    expect(passageOf('1969', 'It was big. That was 1969.')).toBe('That was 1969.')
  })

  it('is missing if only the title or the section has words of the claim', () => {
    const titled = { text: 'They are long.', title: 'Headphones', section: ['Cables'] }
    expect(checked('Headphones have cables.', titled)).toHaveProperty('support')
    expect(checked('Headphones have cables.', titled)).not.toHaveProperty('passage')
  })

  it('is missing if the text has none of the words, or only function words', () => {
    expect(checked('Our robots were built by a startup.', { text: RETURNS })).toEqual({
      support: 'unsupported',
      reasons: ['missing-words'],
    })
    expect(passageOf('It was in the news.', 'Nothing of it was in the box.')).toBeUndefined()
  })

  it('counts from the beginning of the text, not of its normalised form', () => {
    const before = '½ ﬁ ﷺ ① e\u0301 👩‍🚀 \ud800. '
    const check = checked('Cats sleep all day.', { text: `${before.repeat(3)}\r\n\r\nCats sleep all day. 😀` })
    const start = before.length * 3 + 4
    expect(check?.passage).toEqual({ start, end: start + 'Cats sleep all day.'.length })
  })

  it.each([
    ['a heading and a paragraph', '## Cats\n\nCats sleep all day.\nDogs do not.', 'Cats sleep all day.'],
    ['lines that end in CRLF', 'Dogs bark.\r\n\r\nCats sleep\r\nall day.\r\n\r\nEnd', 'Cats sleep\r\nall day.'],
    ['a list without full stops', '- dogs bark\n- cats sleep all day\n- end', '- cats sleep all day'],
    ['a table', '| dogs | bark |\n|---|---|\n| cats | sleep all day |', '| cats | sleep all day |'],
    ['the end of a list', 'bark\n2. Cats sleep all day\n3. Fish swim', '2. Cats sleep all day'],
    ['the end of a block of code', 'run(`x`)\n```\n\nCats sleep all day. Dogs bark `loud`.', 'Cats sleep all day.'],
  ])('is one sentence in %s', (_, text, passage) => {
    expect(passageOf('Cats sleep all day', text)).toBe(passage)
  })

  it('is found in Chinese', () => {
    expect(passageOf('退款需要十个工作日。', '未使用的商品可以退货。退款最多需要十个工作日。')).toBe(
      '退款最多需要十个工作日。',
    )
  })

  it('ends at the full stop, also before signs without a letter', () => {
    expect(passageOf('One sentence', 'One sentence. `')).toBe('One sentence.')
  })

  it('is a whole sentence with a content word of the claim, for any text', () => {
    const anySource = fc.oneof(anyText, markdownText)
    fc.assert(
      fc.property(anySource, fc.oneof(anyText, anySource), (text, claim) => {
        const { passage } = checked(claim, { text }) ?? {}
        fc.pre(passage !== undefined)
        const { start, end } = passage ?? { start: 0, end: 0 }
        const shown = text.slice(start, end)
        expect(splitSentences(text).map((sentence) => sentence.trim())).toContain(shown)
        expect(startsOf(text)).toContain(start)
        const keys = new Set(prepareText(claim).words.map(({ key }) => key))
        expect(prepareText(shown).words.some(({ key }) => key !== '' && keys.has(key))).toBe(true)
      }),
    )
  })

  it('is found in a text of a megabyte, in time that is linear in the text', () => {
    const text = `${'Dogs bark at night. '.repeat(50_000)}Cats sleep all day.`
    expect(passageOf('Cats sleep all day.', text)).toBe('Cats sleep all day.')
    const stepsOf = (sentences: number): number => {
      const text = `${'Dogs bark at night. '.repeat(sentences)}Cats sleep all day.`
      return countSteps(() => expect(passageOf('Cats sleep all day.', text)).toBe('Cats sleep all day.'))
    }
    expect(stepsOf(2_000)).toBeLessThan(2.2 * stepsOf(1_000) + 1_000)
  })
})

describe('a heading in a source', () => {
  it('gives its number to the sentences below it, and not to those above', () => {
    const text = 'Profits fell to 3 million.\n\n### 2019\n\n- Revenue rose to 5 million\n- Wages rose to 2 million'
    expect(checked('Wages rose to 2 million in 2019.', { text })?.reasons).not.toContain('date:2019')
    expect(checked('Profits fell to 3 million in 2019.', { text })?.reasons).toContain('date:2019')
  })
})

describe('the section of a source', () => {
  it('counts like the title', () => {
    const claim = 'Wages rose in 2019.'
    const text = 'Wages rose by far.'
    expect(checked(claim, { text })?.reasons).toContain('date:2019')
    expect(checked(claim, { text, section: ['Report', 'Year 2019'] })?.reasons).not.toContain('date:2019')
  })
})

const check = createCitationCheck()
const options = { signal: new AbortController().signal }

function checked(claim: string, source: Pick<Source, 'text'> & Partial<Source>): CitationSupport | undefined {
  const ids = { number: 1, sourceId: 's1', documentId: 'd1', chunkId: 'c1' }
  const outcome = check({ claim, source: { ...ids, title: '', metadata: {}, ...source } }, options)
  if (outcome instanceof Promise) throw new TypeError('Expected the built-in check to answer at once')
  return outcome
}

function passageOf(claim: string, text: string): string | undefined {
  const { passage } = checked(claim, { text }) ?? {}
  return passage && text.slice(passage.start, passage.end)
}

/** The positions of the sentences, without the white space before them. */
function startsOf(text: string): readonly number[] {
  let at = 0
  return splitSentences(text).map((sentence) => {
    const start = at + sentence.length - sentence.trimStart().length
    at += sentence.length
    return start
  })
}

/** Counts the words, pairs and numbers of the claim in each sentence, without an index. */
function expectedPassage(claim: ReadText, { sentences }: ReadText): readonly ReadSentence[] {
  const words = claim.words.filter(({ value }) => value === undefined)
  const numbers = new Set(claim.words.flatMap(({ key, value }) => (value === undefined ? [] : key)))
  const wanted = new Set(words.flatMap(({ key, text, previous }) => [key, previous && `${previous} ${text}`]))
  wanted.delete('')
  const chosen: ReadSentence[] = []
  let atLeast = wanted.size > 0 ? 1 : 0.001
  while (chosen.length < 3) {
    const counted = sentences.map((sentence) => {
      const held = new Set(sentence.words.flatMap(({ key, text, previous }) => [key, `${previous} ${text}`]))
      const ofNumbers = [...numbers].filter((key) => held.has(key)).length
      const found = [...wanted].filter((item) => held.has(item))
      const hasWord = found.some((item) => !item.includes(' '))
      return { sentence, found, value: hasWord || ofNumbers > 0 ? found.length + ofNumbers / (numbers.size + 1) : 0 }
    })
    const best = counted.reduce(
      (a, b) => (b.value > (a?.value ?? 0) ? b : a),
      undefined as (typeof counted)[0] | undefined,
    )
    if (!best || best.value < atLeast) break
    chosen.push(best.sentence)
    for (const item of best.found) wanted.delete(item)
    atLeast = 2
  }
  return chosen
}
