import type { Word } from '../word.ts'
import { clockKey, keyOf } from './figure.ts'

/** Reads figures of several words: "half past three", "minus five", "five degrees below zero" and "twenty-first". */
export function spokenFigures(words: readonly Word[]): readonly Word[] {
  return words.map((word, at) => {
    if (word.value === undefined || word.key.startsWith('#month')) return word
    const [before = '', last = '', next = '', after = ''] = [-2, -1, 1, 2].map((away) => words[at + away]?.text)
    // The zero of "below zero" is no figure of its own.
    if (word.text === 'zero' && last === 'below') return withoutValue(word)
    if (/^(?:half|quarter)$/u.test(before) && /^(?:past|to)$/u.test(last)) return clockOf(word, before, last)
    if (word.value > 0 && !word.figure && last === 'minus') return withValue(word, -word.value)
    const rest = /^degrees?$/u.test(next) ? [after, words[at + 3]?.text] : [next, after]
    if (word.value > 0 && rest.join(' ') === 'below zero') return withValue(word, -word.value)
    const ordinal = ['first', 'second'].indexOf(next) + 1
    const isCompound = ordinal > 0 && words[at + 1]?.gap === '-' && word.value >= 20 && word.value % 10 === 0
    return isCompound ? withValue(word, word.value + ordinal) : word
  })
}

function withValue(word: Word, value: number): Word {
  return { ...word, value, key: keyOf(value), otherKeys: [] }
}

function withoutValue({ text, previous, gap, isNegation, name }: Word): Word {
  return { text, key: text, family: '', previous, gap, isNegation, name }
}

function clockOf(word: Word, part: string, side: string): Word {
  const { value = 0 } = word
  if (value < 1 || value > 12) return word
  const minutes = (part === 'half' ? 30 : 15) * (side === 'past' ? 1 : -1)
  const hour = minutes < 0 ? value + 11 : value
  const minute = (minutes + 60) % 60
  const [key, ...otherKeys] = [clockKey(hour, minute), clockKey(hour + 12, minute)]
  return { ...word, key, otherKeys }
}
