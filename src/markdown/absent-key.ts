// Noncharacters of Unicode. They have no meaning in Markdown, and are no punctuation.
const FIRST_UNIT = 0xfdd1
const UNITS = 31
const RESERVED = /[\ufdd1-\ufdef]/u
const REFERENCE = /&#(?:x([0-9a-f]+)|(\d+));?/giu

/**
 * Returns a string of the characters U+FDD1 to U+FDEF that does not occur in a text, nor after its character references
 * (`&#xFDD1;`) are decoded. There always is one: a text has at most as many different parts of one length as characters,
 * and there are more strings of that length. Time is linear.
 */
export function absentKey(markdown: string): string {
  const text = markdown.replace(REFERENCE, decode)
  let width = 1
  while (UNITS ** width <= text.length) width += 1
  if (!RESERVED.test(text)) return toKey(0, width)
  const parts = text.matchAll(new RegExp(`(?=([\\ufdd1-\\ufdef]{${width}}))`, 'gu'))
  const taken = new Set(Array.from(parts, ([, part]) => part))
  let number = 0
  while (taken.has(toKey(number, width))) number += 1
  return toKey(number, width)
}

/** Returns the character of a reference if it is one of the key. */
function decode(reference: string, hex: string | undefined, decimal: string | undefined): string {
  const char = String.fromCharCode(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
  return RESERVED.test(char) ? char : reference
}

function toKey(number: number, width: number): string {
  let key = ''
  for (let rest = number; key.length < width; rest = Math.floor(rest / UNITS)) {
    key += String.fromCharCode(FIRST_UNIT + (rest % UNITS))
  }
  return key
}
