/** The beginning or the end of a formula. */
export interface FormulaEdge {
  readonly type: 'opens' | 'closes'
  /** The text that ends the formula. */
  readonly close: string
}

/** Recognises commands that begin with a backslash. */
export interface TexCommands {
  /** Returns true directly after a backslash. */
  isEscaped(): boolean
  /** Returns true after a backslash and in a command. */
  isPending(): boolean
  /** Reads a character of prose; returns the formula edge that it completes, if any. */
  take(char: string): FormulaEdge | undefined
  /** Ends an unfinished command at the end of the line. */
  endLine(): void
}

const FORMULA_ENVIRONMENT =
  /^(?:equation|align(?:ed|at)?|gather(?:ed)?|multline|eqnarray|cases|array|split|[pbvBV]?matrix|smallmatrix|(?:display)?math)\*?$/u
const MAX_COMMAND_CHARS = 32

/** Recognises `\(`, `\[`, `\begin{…}` of formula environments, and their ends. */
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
