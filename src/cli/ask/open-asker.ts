import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createChat, type ChatStream } from '../../index.ts'
import { usageError } from '../command-line/cli-error.ts'
import { reasonOf } from '../command-line/reason-of.ts'
import type { Settings } from '../settings/settings.ts'
import type { Workspace } from '../workspace/open-workspace.ts'
import { withAddresses } from '../workspace/with-addresses.ts'
import type { AskSettings } from './ask-settings.ts'

/** Asks questions in one conversation. */
export interface Asker {
  /** The id of the conversation. */
  readonly threadId: string
  /**
   * Asks a question. The answer is stored when the stream ends.
   *
   * @throws CliError when the question cannot be used
   */
  ask(question: string, signal: AbortSignal): ChatStream
}

// The page of `ragwire serve` has a scope for each browser, so it does not list these conversations.
const SCOPE = 'ragwire-ask'

/**
 * Opens the conversation that the settings name.
 *
 * @throws CliError when there is no conversation to continue
 */
export async function openAsker(
  { model: { model, condenser } }: Pick<Settings, 'model'>,
  { thread, topK }: AskSettings,
  { knowledge, history, root }: Workspace,
  signal: AbortSignal,
): Promise<Asker> {
  // The caller shows the error of the stream.
  const onError = (): void => {}
  const retriever = withAddresses(
    knowledge.retriever(),
    ({ documentId }) => pathToFileURL(join(root.folder, documentId)).href,
  )
  const chat = createChat({ retriever, model, condenser, history, topK, sourceUrlSchemes: ['file:'], onError })
  const threadId = thread === 'latest' ? await latestThread() : (thread?.name ?? crypto.randomUUID())
  return {
    threadId,
    ask(question, stop) {
      try {
        return chat.stream({ question, threadId, scope: SCOPE, signal: stop })
      } catch (cause) {
        throw usageError(reasonOf(cause), cause)
      }
    },
  }

  async function latestThread(): Promise<string> {
    const { threads } = await history.list(SCOPE, { limit: 1, signal })
    const [latest] = threads
    if (latest) return latest.threadId
    throw usageError('Cannot continue: there is no conversation yet, so ask without --continue')
  }
}
