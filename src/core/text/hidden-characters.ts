import { cutText } from './cut-text.ts'

// Scripts whose letters need the zero width joiner or non-joiner to be spelled.
const JOINING = String.raw`[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}]`
const LETTER = String.raw`(?=${JOINING})[\p{L}\p{M}]`

// Sequences with a visible meaning. These three flags are the only ones that use tag characters.
const VISIBLE = [
  String.raw`(?<=${LETTER})[\u200c\u200d](?=${LETTER})`,
  String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
  String.raw`(?<=[\p{So}\p{Sm}\p{Emoji}\p{Script=Han}\p{Script=Mongolian}])[\ufe00-\ufe0f]`,
  String.raw`(?<=\p{Script=Mongolian})[\u180b-\u180f]`,
  String.raw`\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}`,
]

// Line breaks and tabs are layout. The last three enclose annotations.
const HIDDEN = String.raw`[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]|[^\P{Cc}\n\r\t]`

const VISIBLE_OR_HIDDEN = new RegExp(`(${VISIBLE.join('|')})|${HIDDEN}`, 'gu')

// A text of printable ASCII and layout has none: this test takes a fraction of the time of the search.
const MAY_BE_HIDDEN = /[^\n\r\t -~]/u

/**
 * Removes characters that people cannot see but a model reads: tags, zero-width characters, direction controls, variation
 * selectors, control characters. Joiners stay in emoji and in words whose script needs them.
 */
export function withoutHiddenCharacters(text: string): string {
  return MAY_BE_HIDDEN.test(text) ? text.replace(VISIBLE_OR_HIDDEN, '$1') : text
}

/** Maximum length of a title, in UTF-16 code units. */
const MAX_TITLE_CHARS = 1_000

/** Converts a title of a document to one short line without hidden characters. */
export function cleanTitle(title: string, maxChars: number = MAX_TITLE_CHARS): string {
  // Cut first, to bound the work for a huge title.
  const line = withoutHiddenCharacters(title.slice(0, 2 * maxChars).toWellFormed())
    .replace(/\s+/gu, ' ')
    .trim()
  return line.length <= maxChars ? line : `${cutText(line, maxChars - 1)}…`
}
