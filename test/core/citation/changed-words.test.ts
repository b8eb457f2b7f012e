import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignClaim, toTokens } from '../../../src/core/citation/align-claim.ts'
import { readWords } from '../../../src/core/citation/read-words.ts'
import { judgeClaim } from './judge-claim.ts'

describe('a changed negation', () => {
  it.each([
    ['Version 3 is no longer supported on Windows.', 'Version 3 is supported on Windows.'],
    ['The export is not yet available in Europe.', 'The export is available in Europe.'],
    ['The backup does not always contain the settings.', 'The backup always contains the settings.'],
    ['Nobody may open the cabinet at night.', 'Everybody may open the cabinet at night.'],
    ['The ticket for the boat is non-refundable.', 'The ticket for the boat is refundable.'],
    ['Die Garantie gilt nicht für gebrauchte Geräte.', 'Die Garantie gilt für gebrauchte Geräte.'],
    ['Für diesen Tarif gibt es keinen Rabatt auf Bücher.', 'Für diesen Tarif gibt es einen Rabatt auf Bücher.'],
    ['Die Anmeldung ist nicht mehr möglich.', 'Die Anmeldung ist möglich.'],
    ['Le remboursement est possible le dimanche.', "Le remboursement n'est pas possible le dimanche."],
    ['El pago en efectivo no está permitido en la tienda.', 'El pago en efectivo está permitido en la tienda.'],
    ['该设备不支持在夜间自动更新。', '该设备支持在夜间自动更新。'],
    ['员工可以在周末进入办公室。', '员工不可以在周末进入办公室。'],
    ['Оплата наличными не принимается в магазине.', 'Оплата наличными принимается в магазине.'],
  ])('B6: %s is not %s', (text, claim) => {
    expect(judgeClaim(claim, text)?.support).not.toBe('supported')
    expect(judgeClaim(text, claim)?.support).not.toBe('supported')
  })

  it.each([
    ['这款手机的价格为三千元，不含税。', '这款手机的价格为三千元。'],
    ['The fee is returned within ten days, but not on holidays.', 'The fee is returned within ten days.'],
    ['The tour was not only long but also expensive.', 'The tour was long and also expensive.'],
    ['Refunds are not paid unless the box is closed.', 'Refunds are not paid unless the box is closed.'],
    ['Das Gerät ist nicht nur leicht, sondern auch robust.', 'Das Gerät ist leicht und auch robust.'],
  ])('B6: a clause that the claim leaves out is no changed negation: %s', (text, claim) => {
    expect(judgeClaim(claim, text)?.reasons ?? []).not.toContain('negation')
  })
})

describe('another word in the place of a word', () => {
  it.each([
    ['徐晓飞于去年春天担任公司的技术总监。', '张世昌于去年春天担任公司的技术总监。', '张世昌'],
    ['第三届年会在杭州举行，有很多客人参加。', '第三届年会在成都举行，有很多客人参加。', '成都'],
    ['他最有名的小说是《北方的河》，后来拍成电影。', '他最有名的小说是《南方的海》，后来拍成电影。', '南'],
    [
      'The bridge was designed by Anna Keller and built by Jon Berg.',
      'The bridge was designed by Jon Berg and built by Anna Keller.',
      'Jon',
    ],
    [
      'The price of the ticket rose in the spring of last year.',
      'The price of the ticket fell in the spring of last year.',
      'fell',
    ],
    [
      'The north gate closes at noon and the south gate at night.',
      'The south gate closes at noon and the north gate at night.',
      'south',
    ],
    [
      'Der Vertrag wurde von Maria Huber in Graz unterschrieben.',
      'Der Vertrag wurde von Maria Huber in Linz unterschrieben.',
      'Linz',
    ],
    [
      'From 1991 until 2000, the exchange was in the old palace.',
      'From 2000 until 1991, the exchange was in the old palace.',
      '2000',
    ],
    [
      'The office has 12 rooms on floor 4 and 30 rooms on floor 7.',
      'The office has 30 rooms on floor 4 and 12 rooms on floor 7.',
      '30',
    ],
  ])('B7: %s is not %s', (text, claim, word) => {
    const outcome = judgeClaim(claim, text)
    expect(outcome?.support).toBe('weak')
    expect(outcome?.reasons.join(' ')).toContain(word)
  })

  it.each([
    [
      'The organisation moved into a house by the river in May.',
      'The organization moved into a house by the river in May.',
    ],
    ['北京大学的图书馆在周末开放，读者可以免费进入。', '图书馆在周末开放，读者可以免费进入。'],
    ['Anna Keller designed the bridge over the river.', 'Keller designed the bridge over the river.'],
  ])('B7: the same in a shorter or other form agrees: %s', (text, claim) => {
    expect(judgeClaim(claim, text)).toMatchObject({ support: 'supported', reasons: [] })
  })
})

describe('an introduction', () => {
  const facts = [
    ['The pool opens at nine and closes at eight on Sundays.', 'en'],
    ['Das Schwimmbad öffnet um neun und schließt sonntags um acht.', 'de'],
    ['游泳池早上九点开门，星期日晚上八点关门。', 'zh'],
  ] as const
  it.each([
    ['According to the documentation, ', 0],
    ['Based on the information given in the two sources above, ', 0],
    ['As stated in the employee handbook, ', 0],
    ['The provided text states that ', 0],
    ['Laut den Angaben gilt: ', 1],
    ['Wie in der Dokumentation beschrieben, gilt: ', 1],
    ['Den Unterlagen zufolge gilt: ', 1],
    ['根据文档，', 2],
    ['资料中提到，', 2],
    ['按照所给的材料，', 2],
  ])('B8: "%s" is no part of the claim', (framing, index) => {
    const [fact] = facts[index] ?? facts[0]
    expect(judgeClaim(framing + fact, fact)).toMatchObject({ support: 'supported', reasons: [] })
  })

  it('B8: an introduction behind the claim is no part of it', () => {
    const [fact] = facts[0]
    expect(judgeClaim(`${fact.slice(0, -1)}, according to the documentation.`, fact)?.support).toBe('supported')
  })

  it('B8: a false claim stays doubtful behind an introduction', () => {
    const [fact] = facts[0]
    expect(
      judgeClaim('According to the documentation, the pool opens at nine and closes at six on Sundays.', fact)?.support,
    ).toBe('weak')
    expect(judgeClaim('According to the documentation, cats are afraid of thunder.', fact)?.support).toBe('unsupported')
  })

  it('B8: a person whom the source does not name is a part of the claim', () => {
    const [fact] = facts[0]
    expect(judgeClaim('According to Professor Moritz Lang, the pool opens at nine.', fact)?.reasons).toContain(
      'name:Lang',
    )
  })
})

describe('alignClaim', () => {
  it('finds no difference between a text and a part of it', () => {
    const words = fc.array(fc.constantFrom('a', 'tower', 'of', '1998', 'Rome', '河', '流', 'not'), {
      minLength: 2,
      maxLength: 40,
    })
    fc.assert(
      fc.property(words, fc.nat(40), (text, from) => {
        const source = toTokens(readWords(text.join(' ')))
        const claim = source.slice(from % source.length)
        const { changes, equal } = alignClaim(claim, source)
        if (claim.length > 1) expect({ changes, equal }).toEqual({ changes: [], equal: claim.length })
      }),
    )
  })

  it('takes every token of the claim once, as equal or in a change or as skipped', () => {
    const words = fc.array(fc.constantFrom('a', 'tower', 'of', '1998', 'Rome', '河', '流', 'not'), { maxLength: 40 })
    fc.assert(
      fc.property(words, words, (a, b) => {
        const claim = toTokens(readWords(a.join(' ')))
        const { changes, equal } = alignClaim(claim, toTokens(readWords(b.join(' '))))
        const changed = changes.reduce((sum, change) => sum + change.claim.length, 0)
        expect(equal + changed).toBeLessThanOrEqual(claim.length)
      }),
    )
  })

  it('is linear: a claim and a source of the same two words repeated take no noticeable time', () => {
    const text = 'over and '.repeat(20_000)
    expect(judgeClaim(text.slice(0, 2_000), text)?.support).toBe('supported')
    expect(judgeClaim('x'.repeat(1_000_000), 'x'.repeat(1_000_000))).toBeDefined()
    expect(judgeClaim('\u0301'.repeat(2_000), '\u0301'.repeat(100_000))).toBeUndefined()
  })
})

describe('code in a claim', () => {
  it.each([
    ['Use the method `getUser` to read a record.', 'Use the method `getUserById` to read a record.'],
    [
      'Set the timeout in the file config.yaml of the server.',
      'Set the timeout in the file `config.json` of the server.',
    ],
    ['Call `stream.pause()` before you read from it.', 'Call `stream.resume()` before you read from it.'],
    ['The option --dry-run deletes none of the files.', 'The option `--force` deletes none of the files.'],
  ])('B14: another identifier is not supported: %s / %s', (source, claim) => {
    expect(judgeClaim(claim, source)?.support).toBe('weak')
  })

  it.each([
    ['Use the method getUser(id) to read a record.', 'Use the method `getUser` to read a record.'],
    [
      'Run npm install ragwire in the folder of the project.',
      'Run `npm install ragwire` in the `folder` of the project.',
    ],
    [
      'The limit is set by max_tokens in config.yaml there.',
      'The limit is set by `max_tokens` in `config.yaml` there.',
    ],
    ['The postage of a parcel is five euros in all.', 'The postage of a parcel is `5` euros in all.'],
  ])('B14: the same code in backticks raises no alarm: %s / %s', (source, claim) => {
    expect(judgeClaim(claim, source)).toMatchObject({ support: 'supported', reasons: [] })
  })
})
