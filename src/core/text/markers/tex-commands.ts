/** The beginning or the end of a formula; `close` is how it ends. */
export interface FormulaEdge {
  readonly type: 'opens' | 'closes'
  readonly close: string
}

/** Follows what begins with a backslash. */
export interface TexCommands {
  /** True behind a backslash. */
  isEscaped(): boolean
  /** True behind a backslash and in the command that follows it. */
  isPending(): boolean
  /** Takes a character of prose. Returns what it completes. */
  take(char: string): FormulaEdge | undefined
  /** Forgets a command at the end of its line. */
  endLine(): void
}

const FORMULA_ENVIRONMENT =
  /^(?:equation|align(?:ed|at)?|gather(?:ed)?|multline|eqnarray|cases|array|split|[pbvBV]?matrix|smallmatrix|(?:display)?math)\*?$/u
const MAX_COMMAND_CHARS = 32

/** Finds `\(`, `\[`, `\begin{…}` and their ends; of environments only those of formulas. */
export function createTexCommands(): TexCommands {
  let escaped = false
  // The name of a command, with its first argument.
  let command = ''

  function takeEscaped(char: string): FormulaEdge | undefined {
    escaped = false
    if (/[a-z]/iu.test(char)) command = char
    if (char === '(') return { type: 'opens', close: String.raw`\)` }
    if (char === '[') return { type: 'opens', close: String.raw`\]` }
    return char === ')' || char === ']' ? { type: 'closes', close: `\\${char}` } : undefined
  }

  function endCommand(char: string): FormulaEdge | undefined {
    const [name = '', environment = ''] = command.split('{')
    command = ''
    if (char !== '}' || !FORMULA_ENVIRONMENT.test(environment)) return undefined
    const close = String.raw`\end{${environment}}`
    if (name === 'begin') return { type: 'opens', close }
    return name === 'end' ? { type: 'closes', close } : undefined
  }

  return {
    isEscaped: () => escaped,
    isPending: () => escaped || command !== '',
    take(char) {
      if (escaped) return takeEscaped(char)
      escaped = char === '\\'
      if (command === '') return undefined
      if (command.length >= MAX_COMMAND_CHARS || !/[a-z{*]/iu.test(char)) return endCommand(char)
      command += char
      return undefined
    },
    endLine() {
      command = ''
    },
  }
}
