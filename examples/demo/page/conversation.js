// @ts-check
import { listRuns, loadTurns, Refusal, stopRun } from './api.js'
import { follow, followFromNow } from './follow.js'
import { createPosition, Disconnected, readRun } from './read-run.js'
import { currentThread, nameThread, newId } from './thread.js'
import { createTurn } from './turn.js'

/** @import { Passage } from './passage.js' */
/** @import { Position } from './read-run.js' */
/** @import { Turn } from './turn.js' */

/** @typedef {{ readonly turn: Turn, readonly position: Position, readonly leaving: AbortController }} Running */

const UNREACHABLE = 'The demo server cannot be reached. Is it still running?'
const BROKEN = 'The connection broke before the answer was complete.'
const LOST = 'This answer was lost.'

/** Shows the conversation in the address of the page: its turns, and the run that is writing the last of them.
 *
 * @param {HTMLElement} list
 * @param {object} options
 * @param {Passage} options.passage
 * @param {(text: string) => void} options.announce tells a screen reader
 * @param {(change: () => void) => void} options.keepFocus makes a change that may remove the focused element
 * @param {() => void} options.onRunning called when an answer begins or ends
 * @param {() => void} options.onChange called when the data on the server has changed
 * @param {(question: string) => void} options.onBusy called with a question that another answer blocks
 */
export function createConversation(list, { passage, announce, keepFocus, onRunning, onChange, onBusy }) {
  /** @type {Running | undefined} */
  let running

  /** @param {Running | undefined} next */
  function setRunning(next) {
    running = next
    keepFocus(onRunning)
  }

  /** @param {string} question */
  function addTurn(question) {
    const turn = createTurn(question, { passage, announce })
    list.append(turn.element)
    return turn
  }

  /** Shows a stored conversation, and continues to read its active run. @param {string} threadId */
  async function restore(threadId) {
    const [runs, stored] = await Promise.all([listRuns(), loadTurns(threadId)])
    // The reader may have gone on to another conversation.
    if (threadId !== currentThread()) return
    const last = stored.at(-1)
    for (const { question, runId, result } of stored) {
      const turn = addTurn(question)
      if (result) turn.restore(result, againOf(turn, runId))
      else if (runId === last?.runId) void read(turn, createPosition(runId))
      else turn.fail(LOST, againOf(turn, runId))
    }
    // If a run has not stored its question yet, the question comes with its events.
    const early = runs.find((run) => run.threadId === threadId && run.runId !== last?.runId)
    if (early && !running) void read(addTurn(''), createPosition(early.runId))
    if (!list.hasChildNodes()) nameThread(undefined)
    followFromNow()
  }

  /** @param {string} question @param {{ readonly turn: Turn, readonly runId: string }} [replaced] */
  async function ask(question, replaced) {
    const threadId = currentThread() ?? newId()
    const runId = newId()
    nameThread(threadId)
    keepFocus(() => replaced?.turn.element.remove())
    const turn = addTurn(question)
    followFromNow()
    await read(turn, createPosition(runId, { question, threadId, runId, replaces: replaced?.runId }))
  }

  /** Shows the events of a run until it ends. @param {Turn} turn @param {Position} position */
  async function read(turn, position) {
    const leaving = new AbortController()
    const { signal } = leaving
    turn.proceed()
    setRunning({ turn, position, leaving })
    try {
      for await (const event of readRun(position, { signal, onReconnect: turn.reconnect })) {
        turn.show(event, againOf(turn, position.runId))
        follow()
        if (event.seq === 1) onChange()
      }
    } catch (thrown) {
      if (!signal.aborted) await explain(turn, position, thrown)
    } finally {
      if (running?.leaving === leaving) setRunning(undefined)
      follow()
      onChange()
    }
  }

  /** @param {Turn} turn @param {Position} position @param {unknown} thrown */
  async function explain(turn, position, thrown) {
    if (thrown instanceof Disconnected) return turn.fail(thrown.begun ? BROKEN : UNREACHABLE, retryOf(turn, position))
    if (!(thrown instanceof Refusal)) throw thrown
    if (thrown.status === 410) return settle(turn, position)
    if (thrown.runId) turn.fail(thrown.message, { label: 'Show it', act: () => onBusy(turn.question) })
    else turn.fail(thrown.message, againOf(turn, position.runId))
  }

  /** Shows the end of a run that can no longer be read. @param {Turn} turn @param {Position} position */
  async function settle(turn, { runId, lastSeq }) {
    const stored = await loadTurns(currentThread() ?? '').catch(() => [])
    const result = stored.find((one) => one.runId === runId)?.result
    if (result) turn.restore(result, againOf(turn, runId))
    else turn.fail(lastSeq < 0 ? LOST : BROKEN, againOf(turn, runId))
  }

  /** @param {Turn} turn @param {string} runId */
  function againOf(turn, runId) {
    return { label: 'Ask again', act: () => void ask(turn.question, { turn, runId }) }
  }

  /** Reads the same run again, from the last position. @param {Turn} turn @param {Position} position */
  function retryOf(turn, position) {
    return { label: 'Try again', act: () => void read(turn, position) }
  }

  return {
    ask,
    isRunning: () => running !== undefined,

    /** Shows the conversation in the address instead of the current one, whose answer goes on. */
    async open() {
      running?.leaving.abort()
      setRunning(undefined)
      list.replaceChildren()
      const threadId = currentThread()
      if (threadId) await restore(threadId)
    },

    /** Stops the answer for all of its readers. The end comes to each of them as an event. */
    async stop() {
      if (!running) return
      const { turn, position, leaving } = running
      turn.setStopping(true)
      try {
        await stopRun(position.runId)
      } catch (thrown) {
        if (turn.hasEnded()) return
        if (thrown instanceof Refusal) return turn.setStopping(false)
        leaving.abort()
        turn.fail(UNREACHABLE, retryOf(turn, position))
      }
    },
  }
}
