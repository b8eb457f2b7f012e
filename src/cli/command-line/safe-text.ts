import { stripVTControlCharacters } from 'node:util'

// All controls except tab and newline, and characters that hide text or change its direction (Trojan Source).
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- these are the characters to remove
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/**
 * Returns the text without anything that a terminal would obey: escape sequences, other control characters, and characters
 * that hide text or change its direction. Tabs and newlines stay. The parts of a text can be passed one by one: a sequence
 * that is cut in two loses its escape character and is shown as text.
 */
export function safeText(text: string): string {
  return stripVTControlCharacters(text).replaceAll(UNSAFE, '').toWellFormed()
}

/** A colour or a font as `styleText` writes it. */
// oxlint-disable-next-line no-control-regex -- the escape sequence of a style
const STYLE = /(\u001b\[[\d;]{0,16}m)/u

/** Returns the text as {@link safeText} does, except that styles such as colours stay. */
export function safeStyledText(text: string): string {
  // The split puts the styles at the odd positions.
  return text
    .split(STYLE)
    .map((part, index) => (index % 2 === 1 ? part : safeText(part)))
    .join('')
}

/** Returns the value as one line of JSON. A character that a terminal would obey is escaped, so that no data is lost. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSAFE, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/** Returns the text with a space for each run of white space, so that a name or a message cannot begin a line of its own. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim()
}
