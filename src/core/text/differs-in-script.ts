/** Returns true if two texts are written in different scripts, and so in different languages. */
export function differsInScript(a: string, b: string): boolean {
  const [scriptOfA, scriptOfB] = [a, b].map((text) => SCRIPTS.find((script) => script.test(text)))
  return scriptOfA !== undefined && scriptOfB !== undefined && scriptOfA !== scriptOfB
}

// The order matters: Japanese also uses Han characters, and every language has names in Latin letters.
const SCRIPTS = [
  /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Han}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Devanagari}/u,
  /\p{Script=Latin}/u,
]
