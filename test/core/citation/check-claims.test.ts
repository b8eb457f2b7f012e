import { describe, expect, it } from 'vitest'
import { createCitationCheck } from '../../../src/core/citation/create-citation-check.ts'
import type { CitationSupport } from '../../../src/core/vocabulary/citations.ts'
import type { Source } from '../../../src/core/vocabulary/sources.ts'

const RETURNS =
  'Unused items can be returned within 30 days of delivery. The customer pays the postage of 5 euros. ' +
  'Opened software is not taken back. Refunds take up to 10 working days.'

describe('labels of a claim', () => {
  it('labels a sentence of the source as supported', () => {
    expect(checked('The customer pays the postage of 5 euros.', RETURNS)).toMatchObject({
      support: 'supported',
      reasons: [],
    })
  })

  it('labels a slight rewording of the source as supported', () => {
    expect(supportOf('Unused items can be returned within 30 days of the delivery.', RETURNS)).toBe('supported')
  })

  it('labels a claim as weak when only half of it is in the source, and names the missing words', () => {
    expect(checked('Unused items can be returned in every shop of the chain.', RETURNS)).toMatchObject({
      support: 'weak',
      reasons: ['missing-words'],
    })
  })

  it('labels a claim as unsupported when its words are not in the source', () => {
    expect(checked('Our warehouse robots were built by a startup.', RETURNS)).toEqual({
      support: 'unsupported',
      reasons: ['missing-words'],
    })
  })

  it('treats the title as part of the source', () => {
    const source = sourceOf('They can be returned within 30 days.', 'Headphones')
    expect(check({ claim: 'Headphones can be returned within 30 days.', source }, options)).toMatchObject({
      support: 'supported',
      reasons: [],
    })
  })

  it('accepts a number of the title for a claim from any sentence', () => {
    const source = sourceOf('Prices rose in spring. Wages fell behind in autumn.', 'Annual report 2019')
    expect(check({ claim: 'Wages fell behind in autumn 2019.', source }, options)).toMatchObject({ reasons: [] })
  })

  it('does not treat the number of a list item as part of the claim', () => {
    expect(supportOf('2. Opened software is not taken back.', RETURNS)).toBe('supported')
  })

  it('B4: compares the day of a date that begins the claim', () => {
    const source = 'Am 15. März 2024 wurde die Brücke über den Fluss geöffnet.'
    expect(disagreements('16. März 2024 wurde die Brücke über den Fluss geöffnet.', source)).toEqual(['number:16'])
  })

  it('ignores emphasis marks', () => {
    expect(supportOf('The **customer** pays the _postage_ of `5` euros.', RETURNS)).toBe('supported')
  })

  it('combines several sentences of the source for one claim', () => {
    const claim = 'The customer pays the postage of 5 euros, and refunds take up to 10 working days.'
    expect(supportOf(claim, RETURNS)).toBe('supported')
  })

  it('prepares each source only once', () => {
    let reads = 0
    const counted = {
      ...sourceOf(''),
      get text() {
        reads += 1
        return RETURNS
      },
    }
    const countedCheck = createCitationCheck()
    void countedCheck({ claim: 'Refunds take up to 10 working days.', source: counted }, options)
    void countedCheck({ claim: 'Opened software is not taken back.', source: counted }, options)
    expect(reads).toBe(1)
  })
})

describe('claims that cannot be checked', () => {
  it.each([
    ['', RETURNS],
    ['…!', RETURNS],
    ['It is not.', RETURNS],
    ['Yes.', RETURNS],
    ['未使用的商品可以在三十天内退货。', RETURNS],
    ['Unused items can be returned.', '未使用的商品可以在三十天内退货。'],
    ['Unused items can be returned.', '未使用的商品可以在三十天内退货，包括 Sony 耳机。'],
    ['Неиспользованный товар можно вернуть.', RETURNS],
    ['未使用的商品可以退货。', '未使用の商品は三十日以内であれば返品できますのでお問い合わせください。'],
  ])('gives no outcome for %j', (claim, source) => {
    expect(checked(claim, source)).toBeUndefined()
  })

  it('still checks a Chinese claim with many Latin names', () => {
    const source = 'GPT-4 由 OpenAI 发布，可以处理图像和文本，并在多项考试中达到人类水平。'
    expect(supportOf('GPT-4 由 OpenAI 发布。', source)).toBe('supported')
  })
})

describe('numbers', () => {
  it.each([
    ['thousands separators', '1,234,567 people live there.', '1234567 people live there.'],
    ['spaces between thousands', '1 234 567 people live there.', '1,234,567 people live there.'],
    ['full-width digits', 'The lamp has ８５ lights.', 'The lamp has 85 lights.'],
    ['decimals', 'The rate is 3.50 here.', 'The rate is 3.5 here.'],
    ['number words', 'The lamp has 85 lights.', 'The lamp has eighty-five lights.'],
    ['a large number word', 'They sold 3.5 million cars.', 'They sold 3,500,000 cars.'],
    ['a spelled sum', 'They sold 2,300,000 cars.', 'They sold two million three hundred thousand cars.'],
    ['percent', 'About 85% of the users agree.', 'About eighty-five percent of the users agree.'],
    ['ordinals', 'The 21st century began.', 'The 21 century began.'],
    ['ranges', 'The trip takes 10–15 minutes.', 'The trip takes 10-15 minutes.'],
    ['a date that is written out', 'Released 2024-03-15 by the team.', 'Released March 15, 2024 by the team.'],
    ['a month that is cut', 'Released on Sep 3 by the team.', 'Released on September 3 by the team.'],
    ['a number glued to its unit', 'The cable is 5km long.', 'The cable is 5 km long.'],
    ['Chinese numerals', '公司有三百二十五名员工。', '公司有325名员工。'],
    ['Chinese myriads', '项目获得了1.2万元资助。', '项目获得了12,000元资助。'],
    ['Chinese percent', '百分之八十五的用户表示满意。', '85%的用户表示满意。'],
    ['a Chinese count', '店里买了三个苹果。', '店里买了3个苹果。'],
  ])('accepts a number in another notation: %s', (_, source, claim) => {
    expect(disagreements(claim, source)).toEqual([])
    expect(disagreements(source, claim)).toEqual([])
  })

  it.each([
    ['an amount', 'The lamp has 85 lights.', 'The lamp has 95 lights.', 'number:95'],
    ['an amount in words', 'The lamp has eighty-five lights.', 'The lamp has eighty-six lights.', 'number:86'],
    ['a decimal point', 'The rate is 3.5 here.', 'The rate is 35 here.', 'number:35'],
    ['a magnitude', 'They sold 3.5 million cars.', 'They sold 3.5 billion cars.', 'number:3500000000'],
    ['the end of a range', 'The trip takes 10–15 minutes.', 'The trip takes 10–20 minutes.', 'number:20'],
    ['an ordinal', 'It was built in the 19th century.', 'It was built in the 18th century.', 'number:18'],
    ['zero', 'The warranty covers 3 years.', 'The warranty covers 0 years.', 'number:0'],
    ['a year', 'The law was passed in 1992 by all.', 'The law was passed in 1993 by all.', 'date:1993'],
    ['a month', 'It opened in May 1992 to all.', 'It opened in June 1992 to all.', 'date:june'],
    ['a Chinese amount', '公司有三百二十五名员工。', '公司有三百二十六名员工。', 'number:326'],
    ['a Chinese year', '公司成立于1998年，总部在北京。', '公司成立于1999年，总部在北京。', 'date:1999'],
  ])('reports a changed number: %s', (_, source, claim, reason) => {
    expect(disagreements(claim, source)).toEqual([reason])
    expect(supportOf(claim, source)).toBe('weak')
  })

  it('labels a claim as weak for a wrong number alone', () => {
    const claim = 'Unused items can be returned within 40 days of delivery.'
    expect(checked(claim, RETURNS)).toMatchObject({ support: 'weak', reasons: ['number:40'] })
  })

  it('reports a number that is only in another sentence of the source', () => {
    expect(disagreements('Refunds take up to 30 working days.', RETURNS)).toEqual(['number:30'])
  })

  it('does not require "one", which is rarely a count', () => {
    expect(disagreements('This is one of the lamps with 85 lights.', 'This is the lamp with 85 lights.')).toEqual([])
    expect(disagreements('这是一个有85盏灯的吊灯。', '这是有85盏灯的吊灯。')).toEqual([])
  })

  it('does not add numbers that only stand next to each other', () => {
    expect(supportOf('They bought 20 two-person tents.', 'They bought 20 two-person tents.')).toBe('supported')
    expect(disagreements('They bought 22 person tents.', 'They bought 20 two-person tents.')).toEqual(['number:22'])
  })

  it('does not read the verb "may" as a month', () => {
    expect(supportOf('May cause drowsiness in adults.', 'This drug may cause drowsiness in adults.')).toBe('supported')
  })
})

describe('units', () => {
  it.each([
    ['The route is 85 km long.', 'The route is 85 miles long.', 'unit:mile'],
    ['The route is 85 kilometres long.', 'The route is 85-mile long.', 'unit:mile'],
    ['The ticket costs $40 for adults.', 'The ticket costs €40 for adults.', 'unit:€'],
    ['Sales rose by 40 percent last year.', 'Sales rose by $40 last year.', 'unit:$'],
    ['这条路线全长85公里。', '这条路线全长85英里。', 'unit:mile'],
  ])('reports a different unit: %s / %s', (source, claim, reason) => {
    expect(reasonsOf(claim, source)).toContain(reason)
    expect(supportOf(claim, source)).not.toBe('supported')
  })

  it.each([
    ['The route is 85 km long.', 'The route is 85 kilometers long.'],
    ['The ticket costs $40 for adults.', 'The ticket costs 40 dollars for adults.'],
    ['The hall has 85 rows of seats.', 'The hall has 85 seats.'],
  ])('accepts the same unit, and words that are not units: %s / %s', (source, claim) => {
    expect(reasonsOf(claim, source).join()).not.toContain('unit')
  })
})

describe('negations', () => {
  it.each([
    ['Opened software is not taken back.', 'Opened software is taken back.'],
    ['Opened software is taken back.', 'Opened software is not taken back.'],
    ['The shop takes cards.', "The shop doesn't take cards."],
    ['The shop never takes cards.', 'The shop takes cards.'],
    ['The law applies to all members.', 'The law applies to no members.'],
    ['商店接受信用卡付款。', '商店不接受信用卡付款。'],
    ['商店没有接受过信用卡付款。', '商店接受过信用卡付款。'],
    ['他是北京大学的老师。', '他不是北京大学的老师。'],
  ])('reports that only one of the two sentences is negated: %s / %s', (source, claim) => {
    expect(disagreements(claim, source)).toEqual(['negation'])
    expect(supportOf(claim, source)).toBe('weak')
  })

  it.each([
    ['The shop does not take cards.', "The shop doesn't take cards."],
    ['The shop never takes cards.', 'The shop does not take cards.'],
    ['The shop takes cards but also cash.', 'The shop takes not only cards but also cash.'],
    ['The shop takes not only cards but also cash.', 'The shop takes cards but also cash.'],
    ['The shop takes cards, not cash.', 'The shop takes cards.'],
    ['商店接受信用卡，也接受现金。', '商店不仅接受信用卡，也接受现金。'],
    ['商店不接受信用卡付款。', '商店不能接受信用卡付款。'],
    ['未来几年，商店接受信用卡付款。', '几年后商店接受信用卡付款。'],
  ])('accepts sentences with the same meaning: %s / %s', (source, claim) => {
    expect(reasonsOf(claim, source)).not.toContain('negation')
  })

  it('does not combine the negation of one sentence with the words of another', () => {
    const source = 'Opened software is not taken back. Sealed software is taken back at any time.'
    expect(supportOf('Sealed software is taken back at any time.', source)).toBe('supported')
  })
})

describe('names and quotes', () => {
  const source = 'The engineer Nikola Tesla said "the present is theirs, the future is mine" when he was in America.'

  it('reports a name that is missing in the source', () => {
    expect(disagreements('The engineer Nikola Edison said the present is theirs.', source)).toEqual(['name:Edison'])
  })

  it('accepts another form of a name', () => {
    expect(reasonsOf('The engineer Nikola Tesla was American.', source).join()).not.toContain('name')
  })

  it('does not treat the first word of a sentence or a single capital letter as a name', () => {
    expect(reasonsOf('Inventor Nikola Tesla said I the future is mine.', source).join()).not.toContain('name')
  })

  it('accepts a quote from the source, also one with an ellipsis for omitted words', () => {
    expect(supportOf('The engineer said “the future is mine” in America.', source)).toBe('supported')
    expect(reasonsOf('Tesla said "the present … the future is mine" there.', source).join()).not.toContain('quote')
  })

  it.each([
    ['The engineer Nikola Tesla said "the future is theirs" when he was in America.', 'quote:the future is theirs'],
    ['The engineer Nikola Tesla said “mine is the future” when he was in America.', 'quote:mine is the future'],
  ])('reports a quote that is not in the source: %s', (claim, reason) => {
    expect(disagreements(claim, source)).toEqual([reason])
    expect(supportOf(claim, source)).toBe('weak')
  })

  it('reports a Chinese quote that is not in the source', () => {
    const chinese = '他说：“未来属于我们，现在属于他们。”'
    expect(reasonsOf('他说：“现在属于我们，未来属于他们。”', chinese).join()).toContain('quote:')
    expect(reasonsOf('他说：「未来属于我们，现在属于他们。」', chinese)).toEqual([])
  })
})

const options = { signal: new AbortController().signal }
const check = createCitationCheck()

function sourceOf(text: string, title = ''): Source {
  return { number: 1, sourceId: 's1', documentId: 'd1', chunkId: 'c1', title, text, metadata: {} }
}

function checked(claim: string, text: string): CitationSupport | undefined {
  const outcome = check({ claim, source: sourceOf(text) }, options)
  if (outcome instanceof Promise) throw new TypeError('Expected the built-in check to answer at once')
  return outcome
}

function supportOf(claim: string, text: string): string | undefined {
  return checked(claim, text)?.support
}

function reasonsOf(claim: string, text: string): readonly string[] {
  return checked(claim, text)?.reasons ?? []
}

/** The reasons given by rules, without those of the score alone. */
function disagreements(claim: string, text: string): readonly string[] {
  return reasonsOf(claim, text).filter((reason) => reason !== 'missing-words')
}
