// Scripts that are written without spaces: about one token a character in today's tokenizers.
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu

/**
 * Estimates the tokens of a text: one for each character of a dense script (Chinese, Japanese,
 * Korean, Thai), one for every four other characters. Linear in the length of the text.
 */
export function estimateTokens(text: string): number {
  const dense = text.match(DENSE)?.length ?? 0
  return dense + Math.ceil((text.length - dense) / 4)
}
