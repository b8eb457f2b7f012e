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

/** The recogniser with its state. */
interface OpenCommand extends TexCommands {
  escaped: boolean
  /** The name of a command, with its first argument. */
  command: string
}

/** Recognises `\(`, `\[`, `\begin{…}` of formula environments, and their ends. */
export function createTexCommands(): TexCommands {
  const commands: OpenCommand = { escaped: false, command: '', isEscaped, isPending, take, endLine }
  return commands
}

function isEscaped(this: OpenCommand): boolean {
  return this.escaped
}

function isPending(this: OpenCommand): boolean {
  return this.escaped || this.command !== ''
}

function take(this: OpenCommand, char: string): FormulaEdge | undefined {
  if (this.escaped) return takeEscaped(this, char)
  this.escaped = char === '\\'
  if (this.command === '') return undefined
  if (this.command.length >= MAX_COMMAND_CHARS || !/[a-z{*]/iu.test(char)) return endCommand(this, char)
  this.command += char
  return undefined
}

function endLine(this: OpenCommand): void {
  this.command = ''
}

function takeEscaped(commands: OpenCommand, char: string): FormulaEdge | undefined {
  commands.escaped = false
  if (/[a-z]/iu.test(char)) commands.command = char
  if (char === '(') return { type: 'opens', close: String.raw`\)` }
  if (char === '[') return { type: 'opens', close: String.raw`\]` }
  return char === ')' || char === ']' ? { type: 'closes', close: `\\${char}` } : undefined
}

function endCommand(commands: OpenCommand, char: string): FormulaEdge | undefined {
  const [name = '', environment = ''] = commands.command.split('{')
  commands.command = ''
  if (char !== '}' || !FORMULA_ENVIRONMENT.test(environment)) return undefined
  const close = String.raw`\end{${environment}}`
  if (name === 'begin') return { type: 'opens', close }
  return name === 'end' ? { type: 'closes', close } : undefined
}
