/** Returns the factor of a scale word such as "million", 万 or "Mrd"; letters such as M only stick to a number. */
export function scaleOf(word: string, { hasCurrency }: { readonly hasCurrency: boolean }): number | undefined {
  if (/^[mbt]$/u.test(word)) return hasCurrency ? LETTERS[word] : undefined
  if (word === 'T') return hasCurrency ? 1e12 : undefined
  return LETTERS[word] ?? [...word].reduce((factor, character) => factor * (HAN_SCALES[character] ?? 1), 1)
}

const LETTERS: Readonly<Record<string, number>> = {
  k: 1e3,
  K: 1e3,
  m: 1e6,
  M: 1e6,
  mn: 1e6,
  mln: 1e6,
  Mio: 1e6,
  b: 1e9,
  B: 1e9,
  bn: 1e9,
  Mrd: 1e9,
  t: 1e12,
  tn: 1e12,
}

const HAN_SCALES: Readonly<Record<string, number>> = {
  百: 1e2,
  千: 1e3,
  천: 1e3,
  万: 1e4,
  萬: 1e4,
  만: 1e4,
  亿: 1e8,
  億: 1e8,
  억: 1e8,
  兆: 1e12,
  조: 1e12,
}
