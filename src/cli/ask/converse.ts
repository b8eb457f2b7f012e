import { EXIT } from '../command-line/cli-error.ts'
import type { CommandCall } from '../command-line/command.ts'
import { createLineReader } from '../command-line/read-line.ts'
import { askOnce, type AskContext } from './ask-once.ts'

const PROMPT = '> '

/**
 * Asks questions that a person types, until Ctrl-D, or Ctrl-C at the prompt. Ctrl-C during an answer stops the answer; a
 * second one ends the program. A failed answer does not end the conversation.
 */
export async function converse(
  context: AskContext,
  { interrupted, divertCtrlC }: Pick<CommandCall, 'interrupted' | 'divertCtrlC'>,
): Promise<number> {
  const { terminal } = context
  const lines = createLineReader(terminal)
  terminal.note('Ask a question. Ctrl-C stops an answer, and Ctrl-D ends the program.')
  for (;;) {
    const line = await lines.next(terminal.style('bold', PROMPT), interrupted)
    if (interrupted.aborted) return EXIT.interrupted
    if (line === undefined) return EXIT.ok
    const question = line.trim()
    if (question === '') continue
    const stop = new AbortController()
    // The next Ctrl-C is that of the program again.
    const restore = divertCtrlC(() => {
      restore()
      stop.abort(new Error('Stopped by Ctrl-C'))
    })
    try {
      await askOnce(question, context, AbortSignal.any([interrupted, stop.signal]))
    } finally {
      restore()
    }
    terminal.print('')
  }
}
