import type { EndTest, HtmlBlock } from './html-block.ts'

const ONE_LINE = /^(?:\$\$.+\$\$|\\\[.+\\\])[.,;]?\s*$/u
const ENVIRONMENT = /^\\begin\{([a-z]+\*?)\}/iu
const MARKS: readonly (readonly [RegExp, string])[] = [
  [/^\$\$\s*$/u, '$$'],
  [/^\\\[\s*$/u, '\\]'],
]

/** Recognises the start of a block of formulas in a line without indentation: `$$`, `\[` or `\begin{…}`. */
export function mathBlockAt(line: string): HtmlBlock | undefined {
  if (ONE_LINE.test(line)) return {}
  const [, environment] = ENVIRONMENT.exec(line) ?? []
  const end = environment === undefined ? MARKS.find(([start]) => start.test(line))?.[1] : `\\end{${environment}}`
  if (end === undefined) return undefined
  if (environment !== undefined && line.includes(end)) return {}
  return { endsWith: until(end) }
}

/** An unclosed formula ends at a blank line, so that it does not hide the rest of the document. */
function until(end: string): EndTest {
  return (line) => line.trim() === '' || line.includes(end)
}
