import fc from 'fast-check'

const WORDS = 'a|B|not |Cat |85 km |1|½|一|不|没有|三|百|年|百分之|ﬁ|é|🚀'.split('|')
const SIGNS = [',', '.', "'", ' ', '"', '“', '”', '…', '%', '_', '\n', '\r', '\u2028', '\u0301', '\ud800', '\0']

/** Texts built from everything that the check has rules for, and from characters that break careless string code. */
export const anyText = fc.string({ unit: fc.constantFrom(...WORDS, ...SIGNS) })
