import type { CitedAnswer } from '../../src/markdown.ts'

/** Returns the result of an answer in which each `[1]`, `[2]`, `【1】` is a citation; `strip` takes the markers out. */
export function cite(text: string, { strip = false } = {}): CitedAnswer {
  let answer = ''
  const citations: CitedAnswer['citations'][number][] = []
  for (const part of text.split(/(\[[12]\]|【[12]】)/u)) {
    const number = /^[[【](\d)[\]】]$/u.exec(part)?.[1]
    const start = answer.length
    if (!(strip && number)) answer += part
    const index = citations.length
    if (number) citations.push({ index, number: Number(number), sourceId: number, start, end: answer.length })
  }
  return { answer, sources: [], citations }
}
