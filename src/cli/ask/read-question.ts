import { usageError } from '../command-line/cli-error.ts'
import type { Terminal } from '../command-line/terminal.ts'

const MOST_CHARS = 32_768

/**
 * Reads the question from the standard input, to its end.
 *
 * @throws CliError when there is none, or when it is too long
 */
export async function readQuestion({ input }: Pick<Terminal, 'input'>, signal: AbortSignal): Promise<string> {
  let text = ''
  const { promise: ended, resolve: end, reject } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => end(), { once: true })
  input.setEncoding('utf8')
  input.on('data', (part: string) => {
    text += part
    if (text.length > MOST_CHARS) end()
  })
  input.once('end', end).once('error', reject)
  await ended
  // An open pipe would keep the process alive.
  input.destroy()
  signal.throwIfAborted()
  if (text.length > MOST_CHARS) throw usageError(`Cannot ask: the question is longer than ${MOST_CHARS} characters`)
  const question = text.trim()
  if (question !== '') return question
  throw usageError('Cannot ask: there is no question, such as ragwire ask "How do I …?" --docs ./docs')
}
