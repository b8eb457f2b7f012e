// @ts-check
import { find } from './dom.js'
import { follow, followFromNow } from './follow.js'
import { createPassage } from './passage.js'
import { readEvents } from './read-events.js'
import { currentThread, leaveThread, loadTurns, nameThread } from './thread.js'
import { createTurn } from './turn.js'

/** @typedef {ReturnType<typeof createTurn>} Turn */

const turns = find(document, '#turns', HTMLOListElement)
const empty = find(document, '#empty', HTMLElement)
const notice = find(document, '#notice', HTMLElement)
const newButton = find(document, '#new', HTMLButtonElement)
const composer = find(document, '#composer', HTMLFormElement)
const input = find(document, '#question', HTMLTextAreaElement)
const sendButton = find(document, '#send', HTMLButtonElement)
const stopButton = find(document, '#stop', HTMLButtonElement)
const announcer = find(document, '#announcer', HTMLElement)
const passage = createPassage(find(document, '#passage', HTMLElement))

/** @type {AbortController | undefined} of the answer that is running */
let running
let opening = openThread()

/** Shows the conversation that the address names, or the start of a new one. */
async function openThread() {
  running?.abort()
  passage.close()
  turns.replaceChildren()
  notice.hidden = true
  const threadId = currentThread()
  if (threadId) await restore(threadId)
  setStarted(turns.childElementCount > 0)
}

/** @param {string} threadId */
async function restore(threadId) {
  try {
    const stored = await loadTurns(threadId)
    // The reader may have gone on to another conversation.
    if (threadId !== currentThread()) return
    for (const { question, result } of stored) addTurn(question).restore(result)
    if (stored.length === 0) nameThread(undefined)
    followFromNow()
  } catch {
    notice.hidden = false
  }
}

/** @param {boolean} started whether something was asked */
function setStarted(started) {
  empty.hidden = started || !notice.hidden
  newButton.hidden = !started && notice.hidden
}

/** @param {string} question */
function addTurn(question) {
  const turn = createTurn(question, {
    passage,
    announce: (text) => (announcer.textContent = text),
    askAgain: () => void ask(question, turn),
  })
  turns.append(turn.element)
  return turn
}

/** @param {string} question @param {Turn} [failed] the turn to replace, when a question is asked again */
async function ask(question, failed) {
  if (running) return
  const controller = new AbortController()
  setRunning(controller)
  await opening
  const turn = keepFocus(() => {
    passage.close()
    failed?.element.remove()
    setStarted(true)
    return addTurn(question)
  })
  followFromNow()
  await run(turn, question, controller.signal)
  keepFocus(() => setRunning(undefined))
}

/** @param {Turn} turn @param {string} question @param {AbortSignal} signal */
async function run(turn, question, signal) {
  let answered = false
  try {
    const response = await fetch('chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ question, threadId: currentThread() }),
      signal,
    })
    answered = true
    if (!response.ok || !response.body) return turn.fail(await problemOf(response))
    for await (const event of readEvents(response.body)) {
      signal.throwIfAborted()
      if (event.type === 'start') nameThread(event.threadId)
      turn.show(event)
      follow()
      if (turn.hasEnded()) return
    }
    // Only `done` and `error` end an answer: without them, the connection was cut.
    turn.fail('The connection broke before the answer was complete.')
  } catch {
    if (signal.aborted) turn.stop()
    else if (answered) turn.fail('The connection broke before the answer was complete.')
    else turn.fail('The demo server cannot be reached. Is it still running?')
  } finally {
    follow()
  }
}

/** @param {Response} response */
async function problemOf(response) {
  const problem = await response.json().catch(() => ({}))
  return String(problem.message ?? `The server answered with status ${response.status}.`)
}

/** @param {AbortController | undefined} controller */
function setRunning(controller) {
  running = controller
  stopButton.hidden = controller === undefined
  sendButton.hidden = controller !== undefined
}

/**
 * Hands the focus to the input when its holder goes, for it would fall back to the top of the page.
 *
 * @template Result
 * @param {() => Result} change
 */
function keepFocus(change) {
  const focused = document.activeElement
  const result = change()
  if (focused && !focused.checkVisibility()) input.focus()
  return result
}

composer.addEventListener('submit', (submit) => {
  submit.preventDefault()
  const question = input.value.trim()
  if (running || !question) return input.focus()
  input.value = ''
  void ask(question)
})

input.addEventListener('keydown', (key) => {
  if (key.key !== 'Enter' || key.shiftKey || isComposing(key)) return
  key.preventDefault()
  composer.requestSubmit()
})

empty.addEventListener('click', ({ target }) => {
  if (target instanceof HTMLButtonElement) void ask(target.innerText)
})

newButton.addEventListener('click', () => {
  leaveThread()
  opening = openThread()
  input.focus()
})
addEventListener('popstate', () => {
  opening = openThread()
})

stopButton.addEventListener('click', () => running?.abort())
document.addEventListener('keydown', (key) => {
  if (key.key === 'Escape' && !isComposing(key) && !passage.close()) running?.abort()
})

/**
 * Whether a word is being composed, as in Chinese and Japanese: then Enter chooses it and Escape gives it up. For the
 * key that ends a composition Safari says so by the code 229 alone.
 *
 * @param {KeyboardEvent} key
 */
function isComposing(key) {
  return key.isComposing || key.keyCode === 229
}
