/** A value that is not a scope, and the reason for which a retriever may take it for one. */
export interface SimilarScope {
  /** The value. */
  readonly scope: unknown
  /** The reason. */
  readonly reason: string
}

/** Returns texts and other values that a careless comparison takes for the scope, or for all scopes. */
export function similarScopes(scope: string, all: readonly string[]): readonly SimilarScope[] {
  const texts: Readonly<Record<string, readonly string[]>> = {
    'white space': [`${scope} `, ` ${scope}`, `${scope}\t`, `${scope}\n`, `\n${scope}`, `${scope}\u00a0`],
    'a prefix or a suffix': [
      scope.slice(0, -1),
      scope.slice(1),
      scope.slice(0, 1),
      `${scope}${scope.slice(-1)}`,
      `x${scope}`,
      `${scope}x`,
    ],
    case: [scope.toUpperCase(), scope.toLowerCase(), scope.slice(0, 1).toUpperCase() + scope.slice(1)],
    normalisation: [scope.normalize('NFD'), scope.normalize('NFC'), scope.normalize('NFKC'), fullWidth(scope)],
    'an invisible character': [
      `${scope}\0`,
      `\0${scope}`,
      `${scope}\0x`,
      `${scope}\u200b`,
      `\uFEFF${scope}`,
      `${scope}\u0301`,
    ],
    'a pattern': [
      '*',
      '%',
      '_',
      '?',
      '.*',
      '**',
      `${scope}*`,
      `${scope}%`,
      '_'.repeat(scope.length),
      '%%',
      '[^x]',
      '!x',
    ],
    'a path': [
      `${scope}/`,
      `/${scope}`,
      `${scope}/..`,
      `../${scope}`,
      `x/../${scope}`,
      `./${scope}`,
      encodeURIComponent(`${scope}/`),
    ],
    'a query language': [
      `${scope}' OR '1'='1`,
      `' OR ''='`,
      `x' UNION SELECT 1 --`,
      `"${scope}"`,
      `'${scope}'`,
      `x" OR "1"="1`,
      `{"$ne":null}`,
    ],
    'a list': [all.join(','), all.join('|'), all.join(' '), all.join(' OR '), JSON.stringify(all), `${all.join(';')};`],
    'a name of JavaScript': [
      '__proto__',
      'constructor',
      'toString',
      'undefined',
      'null',
      'true',
      'NaN',
      '[object Object]',
      '0',
      '-1',
    ],
    'an empty or a long text': ['', ' ', scope.repeat(200), `${scope}${' '.repeat(5_000)}`],
  }
  return [
    ...Object.entries(texts).flatMap(([reason, list]) => list.map((text) => ({ scope: text, reason }))),
    ...noTexts(scope, all),
  ].filter((similar) => !all.some((known) => known === similar.scope))
}

function noTexts(scope: string, all: readonly string[]): readonly SimilarScope[] {
  const values: readonly unknown[] = [
    undefined,
    null,
    true,
    false,
    0,
    1,
    Number.NaN,
    [],
    [scope],
    [...all],
    [[scope], ...all],
    {},
    { $ne: '' },
    { $in: [...all] },
    { $exists: true },
    { scope },
    { toString: () => scope },
    { includes: () => true, startsWith: () => true, length: 1 },
    new String(scope),
    Object.create(null),
    new Set(all),
    /.*/u,
    () => scope,
    Symbol(scope),
    Symbol.iterator,
  ]
  return values.map((value) => ({ scope: value, reason: 'not a string' }))
}

/** Replaces letters and digits by their full-width forms, which NFKC turns back. */
function fullWidth(text: string): string {
  return text.replace(/[!-~]/gu, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))
}
