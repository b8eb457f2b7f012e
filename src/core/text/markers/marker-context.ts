/** Maximum of text before a bracket that is examined, in UTF-16 code units. */
export const MAX_CONTEXT_CHARS = 256

// Scripts without spaces: a citation follows a word directly.
const DENSE = String.raw`[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]`
// Identifiers in code have Latin letters. Full-width letters are Chinese or Japanese typography.
const ENDS_IN_NAME = /(?:[0-9_\]})]|(?![Ａ-Ｚａ-ｚ])\p{Script=Latin}\p{M}*)$/u
const ENDS_IN_OPERATOR = /(?:[/@#&<$]|\?\.|->|[_^]\{|(?<![\p{L}\p{N}_])vec!)$/u
const ENDS_IN_QUOTE = /["']$/u

// "16[1]", "5kg[1]" and "(WHO)[1]" after a character of such a script, which code does not have there.
const DENSE_NUMBER = new RegExp(String.raw`${DENSE}\s?[0-9][0-9.,]*[A-Za-z]{0,3}$`, 'u')
const DENSE_PARENTHESES = new RegExp(String.raw`${DENSE}(?:\([^()]*)?\)$`, 'u')
// "20 °C[1]" and "H₂O[1]".
const TYPOGRAPHY = /[°µ²³₀-₉]\p{L}{1,3}$/u
const EMPHASIS = /(?:^|[^\p{L}\p{N}_])_{1,2}[^\s_][^_]*\s[^_]*_{1,2}$/u

const ENDS_IN_ASSIGNMENT = /=>?\s*$/u
const ENDS_IN_KEY = /["']\s*:\s*$/u
const ENDS_IN_ARGUMENTS = /[A-Za-z0-9_]!?\((?:[^()]*,)?\s*$/u
const ENDS_IN_PLAIN_KEY = /\{[^{}]*[A-Za-z0-9_$]\s*:\s*$/u
const ENDS_IN_KEYWORD = /(?:^|[;{})]|\):)\s*(?:return|yield|for\s+\w{1,2}(?:,\s*\w{1,2})?\s+(?:in|of))\s+$/u
// "x ∈ [1, 2]" and "x \\in [1, 2]", even outside of a marked formula.
const MATH_COMMANDS = String.raw`\\(?:(?:not)?in|ni|su[bp]set(?:eq)?|cup|cap|setminus|times|[lg]eq?|neq?|equiv|approx)`
const ENDS_IN_MATH = new RegExp(String.raw`(?:[∈∉∋⊂⊆⊃⊇∪∩∖≤≥≠≡×÷]|${MATH_COMMANDS})\s*$`, 'u')

/**
 * Returns the kind of a bracket in code, by the text before it in its line: `index` in `a[1]`, `array` in `a = [1]`,
 * `"a": [1]` and `f(x, [1])`; undefined in prose. Time is linear in the text.
 */
export function codeBeforeBracket(before: string): 'index' | 'array' | undefined {
  const last = before.trimEnd().slice(-1)
  if (/[=>]/u.test(last) && ENDS_IN_ASSIGNMENT.test(before)) return 'array'
  if (last === ':' && (ENDS_IN_KEY.test(before) || ENDS_IN_PLAIN_KEY.test(before))) return 'array'
  if (/[a-z]/u.test(last) && ENDS_IN_KEYWORD.test(before)) return 'array'
  if (ENDS_IN_MATH.test(before)) return 'array'
  if (/[(,]/u.test(last) && ENDS_IN_ARGUMENTS.test(before)) return 'array'
  if (!last || !before.endsWith(last)) return undefined
  if (ENDS_IN_OPERATOR.test(before)) return 'index'
  if (ENDS_IN_QUOTE.test(before)) return endsInQuotedProse(before) ? undefined : 'index'
  if (!ENDS_IN_NAME.test(before)) return undefined
  const prose =
    DENSE_NUMBER.test(before) || DENSE_PARENTHESES.test(before) || TYPOGRAPHY.test(before) || EMPHASIS.test(before)
  return prose ? undefined : 'index'
}

/** Returns true after `"a whole sentence"` and `"a word."`; false after `"key"` and an opening quotation mark. */
function endsInQuotedProse(before: string): boolean {
  const open = before.lastIndexOf(before.slice(-1), before.length - 2)
  const quoted = before.slice(open + 1, -1)
  if (open === -1) return before.length === MAX_CONTEXT_CHARS && /[^\s([{]$/u.test(quoted)
  return quoted !== '' && quoted === quoted.trim() && /\s|[.!?,;…%]$|\p{Script=Han}/u.test(quoted)
}

// A price such as "$5" in English text; a formula that begins with a number continues with an operator or ends.
const PRICE = /^[0-9][0-9.,]*(?:\s*$|[kKMBT]n?\b|[.,;:)]?\s+\(?[\p{L}[(]{2}|\s*\p{L}{2}|[/–-]\s*(?:\p{L}|\$))/u
const TWO_WORDS = /(?:^|\s)\p{L}{3,}\s+\p{L}{3,}/u

/** Returns true if the text between an open formula and a marker proves that it is no formula. */
export function disprovesFormula(close: string, text: string): boolean {
  if (close === '$') return PRICE.test(text) || (!/[\\^_{}]/u.test(text) && TWO_WORDS.test(text))
  // In prose, an escaped bracket is closed in the same text.
  if (close === String.raw`\)`) return /^[^()]*\)/u.test(text)
  if (close === String.raw`\]`) return /^[^[\]]*\]/u.test(text)
  return false
}
