import { ASK_OPTIONS, resolveAskSettings } from '../ask/ask-settings.ts'
import { askOnce, type AskContext } from '../ask/ask-once.ts'
import { converse } from '../ask/converse.ts'
import { openAsker } from '../ask/open-asker.ts'
import { readQuestion } from '../ask/read-question.ts'
import { usageError } from '../command-line/cli-error.ts'
import { defineCommand, type CommandCall } from '../command-line/command.ts'
import { ENVIRONMENT } from '../settings/environment.ts'
import { resolveSettings } from '../settings/settings.ts'
import { bringUpToDate } from '../workspace/bring-up-to-date.ts'
import { openWorkspace } from '../workspace/open-workspace.ts'

/** `ragwire ask`: one answer, or a conversation, in the terminal. */
export const ask = defineCommand({
  name: 'ask',
  summary: 'Ask a question, and get the answer with its sources in the terminal',
  usage: '[QUESTION] [options]',
  details: [
    'It brings the index up to date, writes the answer while it comes, and lists the sources with their files. Only the answer and its sources go to the standard output.',
    'Without a question, it reads one from a pipe, or begins a conversation on a terminal. There, Ctrl-C stops an answer, and Ctrl-D ends the program.',
  ],
  options: ASK_OPTIONS,
  examples: [
    { call: 'ragwire ask "How do I stop an answer?" --docs ./docs', does: 'One question' },
    { call: 'ragwire ask "And after a reload?" --docs ./docs --continue', does: 'A follow-up' },
    { call: 'ragwire ask --docs ./docs', does: 'A conversation' },
    { call: 'ragwire ask "Which ports?" --docs ./docs --json | jq -r .answer', does: 'A result for a script' },
  ],
  environment: ENVIRONMENT,
  exitCodes: [
    { name: '0', does: 'It answered, or said that the documents have no answer' },
    { name: '1', does: 'The answer failed; the part that came is printed' },
  ],
  maxPositionals: 1,
  positionalAdvice: 'Put the question in quotes, and name documents with --docs',
  run,
})

async function run(call: CommandCall<typeof ASK_OPTIONS>): Promise<number> {
  const { values, terminal, env, cwd, interrupted } = call
  const settings = await resolveSettings({ values, positionals: [], env, cwd })
  const own = resolveAskSettings(call, settings)
  const question = await findQuestion(call)
  const workspace = await openWorkspace(settings)
  try {
    const asker = await openAsker(settings, own, workspace, interrupted)
    await bringUpToDate(workspace, { terminal, signal: interrupted })
    const { revision } = await workspace.knowledge.state({ signal: interrupted })
    const places = { folder: workspace.root.folder, cwd }
    const { model } = settings
    const context: AskContext = { asker, model, terminal, env, places, revision, isJson: own.isJson }
    return question === undefined ? await converse(context, call) : await askOnce(question, context, interrupted)
  } finally {
    workspace.close()
  }
}

/** Returns the question of the arguments or of the standard input; undefined for a conversation. */
async function findQuestion(call: CommandCall<typeof ASK_OPTIONS>): Promise<string | undefined> {
  const { positionals, values, terminal, interrupted } = call
  const [question] = positionals
  if (question !== undefined) {
    if (question.trim() === '') throw usageError('Cannot ask "": the question is empty')
    return question
  }
  const { input, output } = terminal
  if (input.isTTY !== true) return readQuestion(terminal, interrupted)
  if (output.isTTY === true && !values.json) return undefined
  throw usageError('Cannot ask: there is no question, such as ragwire ask "How do I …?" --docs ./docs')
}
