import type { AnswerFeedback } from './chat-client.ts'
import type { ChatStore, SendOptions } from './chat-store.ts'
import { toFailure } from './client-error.ts'
import type { ChatClientOptions } from './client-options.ts'
import { snapshotOf, type Conversation } from './conversation.ts'
import { createChatClient } from './create-chat-client.ts'
import { createPublisher } from './create-publisher.ts'
import { createThreadList } from './create-thread-list.ts'
import { isHidden, listen } from './listen.ts'
import { createLiveTurn, type LiveTurn } from './live-turn.ts'
import { loadTurns } from './load-turns.ts'
import { newId } from './new-id.ts'
import { readTurn } from './read-turn.ts'
import { createTabChannel } from './tab-channel.ts'
import { newTurn } from './turn-view.ts'

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
  const threads = createThreadList(client)
  const tabs = createTabChannel(options.url, (threadId) => {
    threads.refresh()
    if (threadId === conversation.threadId) void refresh()
  })
  const conversation: Conversation = {
    client,
    threadId: undefined,
    turns: [],
    active: undefined,
    version: 0,
    isLoading: false,
    failure: undefined,
    publish: (when) => publisher[when === 'now' ? 'flush' : 'change'](),
    announce(threadId) {
      threads.refresh()
      tabs.post(threadId)
    },
  }
  const publisher = createPublisher(() => snapshotOf(conversation), listenToPage)
  const refresh = () => loadTurns(conversation)

  function listenToPage(): () => void {
    const close = tabs.open()
    const unlisten = listen('visibilitychange', () => void (isHidden() || refresh()))
    return () => {
      close()
      unlisten()
    }
  }

  async function send(question: string, { replaces, filter }: SendOptions = {}): Promise<void> {
    expectQuestion(question, conversation)
    const threadId = (conversation.threadId ??= newId())
    const runId = newId()
    const ask = (replaced?: string) => client.ask({ question, threadId, runId, replaces: replaced, filter })
    const turn = createLiveTurn(newTurn(runId, question), ask(replaces))
    insert(turn, conversation, replaces)
    await readTurn(turn, conversation)
    if (replaces === undefined || turn.view().error?.code !== 'not-found') return
    // The server never stored the turn to replace, because it had refused that question.
    turn.run = ask()
    await readTurn(turn, conversation)
  }

  async function resume(runId?: string): Promise<void> {
    if (runId !== undefined && !findTurn(conversation, runId)) await refresh()
    const turn = findTurn(conversation, runId)
    if (turn?.run && !conversation.active) await readTurn(turn, conversation)
    else await conversation.reading
  }

  async function stop(runId = conversation.active?.view().runId): Promise<void> {
    if (runId === undefined) return
    const turn = findTurn(conversation, runId)
    const show = (isStopping: boolean) => turn?.run && turn.change((view) => ({ ...view, isStopping }))
    show(true)
    conversation.publish('now')
    try {
      await client.stop(runId)
    } catch (thrown) {
      show(false)
      conversation.failure = toFailure(thrown)
      conversation.publish('now')
    }
  }

  async function regenerate(runId?: string): Promise<void> {
    const view = findTurn(conversation, runId)?.view()
    if (view) await send(view.question, { replaces: view.runId })
  }

  function open(threadId?: string): Promise<void> {
    disconnect()
    const shown = { threadId, turns: [], active: undefined, failure: undefined, isLoading: threadId !== undefined }
    Object.assign(conversation, shown, { version: conversation.version + 1 })
    conversation.publish('now')
    return refresh()
  }

  function disconnect(): void {
    conversation.active?.run?.disconnect()
  }

  async function rate(runId: string, feedback: AnswerFeedback | undefined): Promise<void> {
    await client.rate(runId, feedback)
    findTurn(conversation, runId)?.change(({ feedback: _earlier, ...view }) => ({
      ...view,
      ...(feedback && { feedback }),
    }))
    conversation.publish('now')
  }

  const { getSnapshot, subscribe } = publisher
  return { getSnapshot, subscribe, send, stop, disconnect, resume, regenerate, open, refresh, rate, threads, client }
}

/** Returns the turn of a run; the last one without an id. */
function findTurn({ turns }: Conversation, runId: string | undefined): LiveTurn | undefined {
  return turns.findLast((turn) => runId === undefined || turn.view().runId === runId)
}

/** Adds a turn at the end, or behind the turn that it replaces. */
function insert(turn: LiveTurn, conversation: Conversation, replaces: string | undefined): void {
  const replaced = replaces === undefined ? undefined : findTurn(conversation, replaces)
  // A failed attempt stands for the turns that it was to replace.
  turn.replaced = replaced ? [...replaced.replaced, replaced] : []
  const { turns } = conversation
  conversation.turns = replaced ? turns.flatMap((one) => (one === replaced ? [one, turn] : [one])) : [...turns, turn]
}

function expectQuestion(question: string, { active }: Conversation): void {
  if (typeof question !== 'string' || question.trim() === '') {
    throw new TypeError('Cannot send question: it must be a text that is not blank')
  }
  if (active) throw new TypeError('Cannot send question while an answer is running: wait for its end, or stop it')
}
