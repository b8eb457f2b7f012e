import type { Word } from '../read-words.ts'
import { clockKey } from './figure.ts'

/** Gives the numbers of "half past three" and "quarter to four" the key of their clock time. */
export function spokenClock(words: readonly Word[]): readonly Word[] {
  return words.map((word, at) => {
    const [part = '', side = ''] = [words[at - 2]?.text, words[at - 1]?.text]
    const { value = 0 } = word
    if (!/^(?:half|quarter)$/u.test(part) || !/^(?:past|to)$/u.test(side) || value < 1 || value > 12) return word
    const minutes = (part === 'half' ? 30 : 15) * (side === 'past' ? 1 : -1)
    const hour = minutes < 0 ? value + 11 : value
    const minute = (minutes + 60) % 60
    const [key, ...otherKeys] = [clockKey(hour, minute), clockKey(hour + 12, minute)]
    return { ...word, key: key ?? '', otherKeys }
  })
}
