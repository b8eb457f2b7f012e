import type { ChatStore, SendOptions } from './chat-store.ts'
import type { ChatFailure } from './client-error.ts'
import type { ChatClientOptions } from './client-options.ts'
import { findTurn, readTurn, snapshotOf, type Conversation } from './conversation.ts'
import { createChatClient } from './create-chat-client.ts'
import { createPublisher } from './create-publisher.ts'
import { listen } from './listen.ts'
import { createLiveTurn, type OpenRun } from './live-turn.ts'
import { loadTurns } from './load-turns.ts'
import { newId } from './new-id.ts'
import { createTabChannel } from './tab-channel.ts'

/**
 * Creates the store of one conversation on a page. Its snapshots are immutable and change at most once a frame. It sends
 * nothing before one of its methods is called.
 *
 * @throws TypeError or RangeError that names the wrong option
 *
 * @example
 * ```ts
 * import { createChatStore } from 'ragwire/client'
 * const store = createChatStore({ url: '/api' })
 * store.subscribe(() => console.log(store.getSnapshot().turns.at(-1)?.result.answer))
 * await store.send('How do I stop an answer?')
 * ```
 */
export function createChatStore(options: ChatClientOptions): ChatStore {
  const client = createChatClient(options)
  const conversation: Conversation = {
    client,
    turns: [],
    publish: (isUrgent) => (isUrgent ? publisher.flush() : publisher.change()),
    announce: () => tabs.post(conversation.threadId),
  }
  const refresh = (): Promise<void> => loadTurns(conversation)
  const tabs = createTabChannel((threadId) => {
    if (threadId === conversation.threadId) void refresh()
  })
  const publisher = createPublisher(
    () => snapshotOf(conversation),
    () => {
      const close = tabs.open()
      const unlisten = listen('visibilitychange', () => {
        // The browser logs a request for a conversation that is not stored as an error.
        if (conversation.turns.some(({ isStored }) => isStored)) void refresh()
      })
      return () => {
        close()
        unlisten()
      }
    },
  )
  const { getSnapshot, subscribe } = publisher
  return { getSnapshot, subscribe, ...createActions(conversation, refresh), refresh, client }
}

type Actions = Pick<ChatStore, 'send' | 'stop' | 'disconnect' | 'resume' | 'regenerate' | 'open' | 'rate'>

function createActions(conversation: Conversation, refresh: () => Promise<void>): Actions {
  const { client, publish } = conversation
  const find = (runId: string | undefined) => findTurn(conversation, runId)

  async function send(question: string, { replaces, filter }: SendOptions = {}): Promise<void> {
    expectQuestion(question, conversation)
    const threadId = (conversation.threadId ??= newId())
    const runId = newId()
    const earlier = conversation.turns
    const replaced = replaces === undefined ? undefined : find(replaces)
    const asked = { question, threadId, runId, replaces: replaced?.isStored === false ? undefined : replaces, filter }
    const turn = createLiveTurn({ runId, question }, (reading) => client.ask(asked, reading), publish)
    const shown = [...earlier.filter((one) => one !== replaced), turn]
    conversation.turns = shown
    await readTurn(turn, conversation)
    // A failed answer takes no other's place. The server knows it best.
    if (conversation.turns === shown && turn.view().status !== 'done') conversation.turns = [...earlier, turn]
    if (replaced?.isStored && /invalid-input|not-found/u.test(`${turn.view().error?.code}`)) {
      // The server has no history, or no longer has that turn.
      replaced.isStored = false
      conversation.turns = earlier
      await send(question, { replaces, filter })
    } else if (replaced || conversation.isLoading) await refresh()
  }

  return {
    send,
    disconnect() {
      conversation.left = {}
      conversation.active?.run.disconnect()
    },

    async stop(runId = conversation.active?.view().runId) {
      if (runId === undefined) return
      // A turn that has ended stays as it is.
      const show = (isStopping: boolean) =>
        find(runId) === conversation.active && conversation.active?.set({ isStopping })
      show(true)
      publish(true)
      try {
        await client.stop(runId)
      } catch (thrown) {
        show(false)
        conversation.failure = thrown as ChatFailure
        publish(true)
      }
    },

    async resume(runId) {
      if (runId !== undefined && !find(runId)) await refresh()
      if (runId !== undefined && !find(runId)) {
        // The server has not stored its question, or has no history.
        const open: OpenRun = (reading) => client.follow({ runId, threadId: conversation.threadId }, reading)
        conversation.turns = [...conversation.turns, createLiveTurn({ runId, question: '' }, open, publish)]
      }
      const turn = find(runId)
      if (!turn || conversation.active) await conversation.reading
      else if (!turn.view().result.finishReason) await readTurn(turn, conversation)
    },

    async regenerate(runId) {
      const view = find(runId)?.view()
      if (view) await send(view.question, { replaces: view.runId })
    },

    open(threadId) {
      conversation.active?.run.disconnect()
      const failure = undefined
      Object.assign(conversation, {
        threadId,
        turns: [],
        active: undefined,
        failure,
        isLoading: threadId !== undefined,
      })
      publish(true)
      return refresh()
    },

    async rate(runId, feedback) {
      await client.rate(runId, feedback)
      find(runId)?.set({ feedback })
      publish(true)
    },
  }
}

function expectQuestion(question: string, { active }: Conversation): void {
  if (!question.trim()) throw new TypeError('Cannot send a blank question')
  if (active) throw new TypeError('Cannot send a question while an answer is running: stop it first')
}
