import { describe, expect, it } from 'vitest'
import { plainWords, tokenize, weighTerms } from '../../../src/knowledge/text/tokenize.ts'

describe('tokenize', () => {
  it('reduces English words to their stems and drops stop words and possessives', () => {
    expect(tokenize("What were the engine's connections?").words).toEqual(['engin', 'connect'])
    expect(tokenize('The connected engines’ connection').words).toEqual(['connect', 'engin', 'connect'])
  })

  it('normalises full-width and upper-case letters', () => {
    expect(tokenize('ＨＴＴＰ Server').words).toEqual(tokenize('http server').words)
  })

  it('pairs neighbouring words across stop words, white space and hyphens, but not across punctuation', () => {
    expect(tokenize('the University of Chicago').pairs).toEqual(['univers chicago'])
    expect(tokenize('server-sent\nevents').pairs).toEqual(['server sent', 'sent event'])
    expect(tokenize('red, green').pairs).toEqual([])
  })

  it('splits Chinese into words and pairs the characters inside them and at their borders', () => {
    const { words, pairs } = tokenize('北京的天文台')
    expect(words).toEqual(['北京', '天文台'])
    expect(pairs.filter((pair) => pair.length > 1)).toEqual(['京天', '天文', '文台'])
    expect(pairs.filter((pair) => pair.length === 1)).toEqual(Array.from('北京天文台'))
  })

  it('finds a Chinese name by its pairs when the words are split differently', () => {
    const text = tokenize('天文台很大')
    const query = tokenize('天文')
    expect([...text.words, ...text.pairs]).toEqual(expect.arrayContaining([...query.words]))
  })

  it('finds no terms in stop words, punctuation or an empty text', () => {
    for (const text of ['', '  \n', '?!', 'Who are you?', '这是什么？']) {
      expect(tokenize(text)).toEqual({ words: [], pairs: [] })
    }
  })
})

describe('tokenize after many other texts', () => {
  it('finds the same terms, also of a word that is too long to be remembered', () => {
    const text = `The Engines' connections weren’t 天文台的 ${'long'.repeat(20)}s`
    const before = tokenize(text)
    for (let at = 0; at < 60_000; at++) tokenize(`word${at} the ${at}`)
    expect(tokenize(text)).toEqual(before)
    expect(tokenize(text)).toEqual(before)
    expect(before.words).toEqual(['engin', 'connect', '天文台', 'long'.repeat(20)])
  })
})

describe('plainWords', () => {
  it('keeps stop words', () => {
    expect(plainWords('The Who!')).toEqual(['the', 'who'])
  })
})

describe('weighTerms', () => {
  it('counts a repeated term once, and a pair with a lower weight than a word', () => {
    expect(Object.fromEntries(weighTerms('red red tea'))).toEqual({ red: 1, tea: 1, 'red red': 0.3, 'red tea': 0.3 })
  })

  it('gives a lower weight to words that say little about the topic, unless there are no others', () => {
    expect(Object.fromEntries(weighTerms('How do I use tea?'))).toMatchObject({ us: 0.3, tea: 1 })
    expect(Object.fromEntries(weighTerms('Can you explain tea?'))).toMatchObject({ explain: 0.3, tea: 1 })
    expect(weighTerms('怎么使用茶叶').get('使用')).toBe(0.3)
    expect(Object.fromEntries(weighTerms('How does it work?'))).toEqual({ work: 1 })
  })

  it('gives full weight to a word that is also a pair within another word', () => {
    expect(weighTerms('天文台，天文').get('天文')).toBe(1)
  })
})
