// Names before a secret, also at the end of a longer name: `OPENAI_API_KEY`, `AccountKey`, `access_token`.
const NAME =
  '(?:keys?|token|secret|passw(?:or)?d|passphrase|pwd|pass|auth(?:orization)?|credentials?|signature|sig|sid|session[-_]?id|jwt)'
// The text between a name and its value: `=`, `":`, `=>`, `%3D`, or the comma of a list of names and values.
const BETWEEN = String.raw`(?:\\*["']?(?:\s+\w+)?\s*(?:[:=]>?|%3[AaDd])|\\*["']\s*,(?=\s*\\*["']))[\s([{]*`
// A quoted value, up to the same quote, or to the end of a cut text.
const QUOTED = String.raw`(?<quote>\\*["'\x60])(?:\\.|(?!\k<quote>)[^\\])*?(?:\k<quote>|$)`
// An unquoted value: neither a separator nor the replacement of an earlier pattern.
const BARE = String.raw`(?!\*\*\*|[([{>:\\\x60])[^\s"',;&})\]]+`
/** A word that may be a key: of eight characters or more, with a digit. */
const KEY_LIKE = String.raw`(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}`

// An upstream repeats the request in its error messages, with keys, headers and connection strings.
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]*PRIVATE KEY-----[^]*?(?:-----END [^-]*-----|$)/gu, '***'],
  // The user and password of a URL, even if the password has characters that a URL must encode. A user has no colon, so
  // that a text matches in only one way.
  [/(:\/\/)(?:[^\s"'<>@:]*:[^\s"'<>]*|[^\s"'<>@:/?#]+)@/gu, '$1***@'],
  [/(?<![\w:.-])[\w.-]+:[^\s"'<>@/:]+@(?=[\w[])/gu, '***@'],
  [/\b((?:bearer|basic|digest|negotiate)\\*["']?[\s:,]+\\*["']?)(?!\*\*\*)[^\s"'\\,;]+/giu, '$1***'],
  // These headers have several words, and end with their line.
  [/\b((?:authorization|cookie)\\*["']?\s*(?::|=>?|,)[\s[]*\\*["']?)(?!\*\*\*)[^\r\n"'\\}\]]+/giu, '$1***'],
  // Keys with the prefix of a vendor, complete or already masked in the middle.
  [
    /\b((?:sk|pk|rk|xai|key|tvly|pa|xox[a-z])-|(?:[spr]k_(?:live|test)|gsk|hf|gh[a-z]|github_pat|whsec|pcsk|sbp|jina|r8|fw|secret)_|(?:glpat|nvapi|pplx)[_-]|AIza|AKIA|eyJ|ya29\.|dapi(?=\w*\d)|ATATT)[\w*.~+/=-]{4,}/gu,
    '$1***',
  ],
  [new RegExp(`(${NAME}${BETWEEN})${QUOTED}`, 'giu'), '$1$<quote>***$<quote>'],
  [new RegExp(`(${NAME}${BETWEEN})${BARE}`, 'giu'), '$1***'],
  // In a sentence: `API key "…" is not valid`, `token … has expired`, `--api-key …`.
  [new RegExp(`(${NAME}(?:\\s+(?:is|was|of|provided))?\\s+\\\\*["'\`]?)${KEY_LIKE}`, 'giu'), '$1***'],
  // Keys without a prefix are long and mix letters and digits; a UUID has shorter parts.
  [/\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,}\b/gu, '***'],
  [/(?<![\w+/])(?=[^\d\s]*\d)[A-Za-z0-9+/]{24,}==?/gu, '***'],
]

/** Replaces everything in a text that looks like a key, a password or a token with `***`. */
export function redact(text: string): string {
  return SECRETS.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text)
}
