import type { ChatStore, SendOptions } from './chat-store.ts'
import type { ChatFailure } from './client-error.ts'
import type { ChatClientOptions } from './client-options.ts'
import { followTurn, readTurn, snapshotOf, type Conversation } from './conversation.ts'
import { createChatClient } from './create-chat-client.ts'
import { createPublisher } from './create-publisher.ts'
import { listen, type Page } from './listen.ts'
import { createLiveTurn } from './live-turn.ts'
import { loadTurns, readAndCatchUp } from './load-turns.ts'
import { newId } from './new-id.ts'
import { createTabChannel } from './tab-channel.ts'

/**
 * Creates the store of one conversation on a page. Its snapshots are immutable, and follow the text of an answer at most
 * once a frame. It sends nothing before one of its methods is called.
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
        if (!(globalThis as Page).document?.hidden && conversation.turns.some(({ isStored }) => isStored))
          void refresh()
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
  // The last turn without an id.
  const find = (runId: string | undefined) =>
    conversation.turns.findLast((turn) => runId === undefined || turn.view().runId === runId)

  async function send(question: string, { replaces, filter }: SendOptions = {}): Promise<void> {
    if (!question.trim()) throw new TypeError('Cannot send a blank question')
    if (conversation.active) throw new TypeError('Cannot send a question while an answer is running: stop it first')
    const threadId = (conversation.threadId ??= newId())
    const runId = newId()
    const earlier = conversation.turns
    const replaced = replaces === undefined ? undefined : find(replaces)
    const asked = { question, threadId, runId, replaces: replaced?.isStored === false ? undefined : replaces, filter }
    const turn = createLiveTurn({ runId, question }, (reading) => client.ask(asked, reading), publish)
    const shown = [...earlier.filter((one) => one !== replaced), turn]
    conversation.turns = shown
    await readTurn(turn, conversation)
    // Another conversation was opened, or another question was asked.
    if (conversation.turns !== shown) return
    const { status, error } = turn.view()
    // A failed answer takes no other's place. The server knows it best.
    if (status !== 'done') conversation.turns = [...earlier, turn]
    if (replaced?.isStored && /invalid-input|not-found/u.test(`${error?.code}`)) {
      // The server has no history, or no longer has that turn.
      replaced.isStored = false
      conversation.turns = earlier
      await send(question, { replaces, filter })
      return
    }
    const isBehind = replaced || conversation.isLoading || conversation.isStale
    // The run that blocks this conversation belongs to a turn of another page.
    if (error?.code === 'thread-busy') conversation.isStale = true
    if (isBehind) await refresh()
  }

  return {
    send,
    disconnect() {
      conversation.left = {}
      conversation.active?.run.disconnect()
    },

    async stop(runId = conversation.active?.view().runId) {
      if (runId === undefined) return
      const turn = find(runId)
      const show = (isStopping: boolean, failure?: ChatFailure) => {
        // A turn that has ended stays as it is.
        if (turn === conversation.active) turn?.set({ isStopping })
        conversation.failure = failure
        publish(true)
      }
      show(true)
      await client.stop(runId).catch((thrown: ChatFailure) => show(false, thrown))
    },

    async resume(runId) {
      const { threadId } = conversation
      if (runId !== undefined && !find(runId)) await refresh()
      // Another conversation was opened, or an answer is being read.
      if (conversation.threadId !== threadId || conversation.active) return conversation.reading
      if (runId !== undefined && !find(runId)) {
        // The server has not stored its question, or has no history.
        conversation.turns = [...conversation.turns, followTurn({ runId, question: '' }, conversation)]
      }
      const turn = find(runId)
      if (turn && !turn.view().result.finishReason) await readAndCatchUp(turn, conversation)
    },

    async regenerate(runId) {
      const view = find(runId)?.view()
      if (view) await send(view.question, { replaces: view.runId })
    },

    open(threadId) {
      conversation.active?.run.disconnect()
      const blank = { active: undefined, failure: undefined, isStale: false, turns: [] }
      Object.assign(conversation, blank, { threadId, isLoading: threadId !== undefined })
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
