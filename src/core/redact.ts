// A value behind its name, as in `api_key=…`, `"password": "…"` and `API key provided: …`.
const NAMES = 'api[-_ ]?key|token|secret|passw(?:or)?d|passphrase|pwd|authorization|credentials?|cookie|signature'
const NAMED = new RegExp(String.raw`((?:${NAMES})\b["']?(?:\s+\w+)?\s*[:=]\s*["']?)(?!\*\*\*)[^\s"',;&})\]]+`, 'giu')

// An upstream repeats what it was sent: keys, headers and connection strings stand in the messages of errors.
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // The user and password of a URL, also where the password holds what a URL would encode.
  [/(:\/\/)[^\s"'<>@]*:[^\s"'<>]*@/gu, '$1***@'],
  [/\b((?:bearer|basic|negotiate)\s+)[^\s"',;]+/giu, '$1***'],
  // Keys by the prefixes of their vendors, whole or with their middle blanked out already.
  [
    /\b((?:sk|pk|rk|xai|key)-|(?:gsk|hf|ghp|gho|github_pat|glpat|nvapi|pplx)[_-]|AIza|AKIA|eyJ)[\w*.~+/=-]{4,}/gu,
    '$1***',
  ],
  [NAMED, '$1***'],
  // Keys without a prefix are long and mix letters and digits; a UUID has shorter parts.
  [/\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,}\b/gu, '***'],
]

/** Puts `***` in the place of everything in a text that looks like a key, a password or a token. */
export function redact(text: string): string {
  return SECRETS.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text)
}
