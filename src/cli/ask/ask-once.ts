import { isTerminalEvent, type ChatResult, type TerminalEvent } from '../../index.ts'
import { EXIT } from '../command-line/cli-error.ts'
import { safeJson } from '../command-line/safe-text.ts'
import type { Terminal } from '../command-line/terminal.ts'
import type { ChosenModel } from '../settings/choose-model.ts'
import { createAnswerWriter } from './answer-writer.ts'
import { describeSources } from './describe-sources.ts'
import type { Asker } from './open-asker.ts'
import { placeSources, type Places } from './place-sources.ts'

/** The parts that show an answer. */
export interface AskContext {
  /** Asks the question. */
  readonly asker: Asker
  /** Knows the fix for a failure. */
  readonly model: Pick<ChosenModel, 'advise'>
  /** Shows the answer. */
  readonly terminal: Terminal
  /** The environment variables. */
  readonly env: NodeJS.ProcessEnv
  /** The folders of the paths. */
  readonly places: Places
  /** Revision of the index. */
  readonly revision: string
  /** True for one JSON object instead of a text. */
  readonly isJson: boolean
}

/** Asks a question, shows the answer while it comes and its sources below it, and resolves with the exit code. */
export async function askOnce(question: string, context: AskContext, signal: AbortSignal): Promise<number> {
  const { asker, terminal, env, isJson, places } = context
  const stream = asker.ask(question, signal)
  const writer = isJson ? undefined : createAnswerWriter(terminal, env)
  let end: TerminalEvent | undefined
  for await (const event of stream) {
    writer?.add(event)
    if (isTerminalEvent(event)) end = event
  }
  writer?.end()
  if (!end) throw new Error('The answer ended without a result')
  const result = end.type === 'error' ? end.partial : withoutEvent(end)
  const sources = await placeSources(result, places)
  if (isJson) terminal.print(toJson({ ...result, sources }, context))
  else for (const line of describeSources(result, sources, { terminal, env })) terminal.print(line)
  const { error } = stream
  if (error) terminal.note(`Cannot answer: ${context.model.advise(error)}`)
  return conclude(result, context)
}

function withoutEvent(event: TerminalEvent & { readonly type: 'done' }): ChatResult {
  const { type: _type, seq: _seq, ...result } = event
  return result
}

function toJson(result: ChatResult, { asker: { threadId }, revision }: AskContext): string {
  return safeJson({ threadId, revision, ...result })
}

/** Shows the notes of the end, and returns the exit code. */
function conclude({ finishReason, warnings, answer }: ChatResult, { terminal, isJson }: AskContext): number {
  if (!isJson) for (const message of new Set(warnings.map((one) => one.message))) terminal.note(`Warning: ${message}`)
  switch (finishReason) {
    case 'error':
      if (answer !== '') terminal.note('The answer is not complete')
      return EXIT.failed
    case 'abort':
      terminal.note(answer === '' ? 'Stopped' : 'Stopped: the answer is not complete')
      return EXIT.interrupted
    case 'length':
      terminal.note('The answer is not complete: it reached the maximum length of the model')
      return EXIT.ok
    case 'content-filter':
      terminal.note("The answer is not complete: the model's content filter ended it")
      return EXIT.ok
    case 'stop':
    case 'no-evidence':
    case 'other':
      return EXIT.ok
  }
}
