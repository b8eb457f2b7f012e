// @ts-check
import { find } from './dom.js'
import { readEvents } from './read-events.js'
import { createTurn } from './turn.js'

/** @typedef {ReturnType<typeof createTurn>} Turn */

const turns = find(document, '#turns', HTMLOListElement)
const empty = find(document, '#empty', HTMLElement)
const composer = find(document, '#composer', HTMLFormElement)
const input = find(document, '#question', HTMLTextAreaElement)
const sendButton = find(document, '#send', HTMLButtonElement)
const stopButton = find(document, '#stop', HTMLButtonElement)
const announcer = find(document, '#announcer', HTMLElement)

/** @type {AbortController | undefined} of the answer that is running */
let running
let turnCount = 0

/** @param {string} question @param {Turn} [failed] the turn to replace, when a question is asked again */
async function ask(question, failed) {
  if (running) return
  const controller = new AbortController()
  const turn = createTurn(question, {
    id: ++turnCount,
    announce: (text) => (announcer.textContent = text),
    askAgain: () => void ask(question, turn),
  })
  keepFocus(() => {
    empty.hidden = true
    failed?.element.remove()
    turns.append(turn.element)
    setRunning(controller)
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
      body: JSON.stringify({ question }),
      signal,
    })
    answered = true
    if (!response.ok || !response.body) return turn.fail(await problemOf(response))
    for await (const event of readEvents(response.body)) {
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
 * @param {() => void} change
 */
function keepFocus(change) {
  const focused = document.activeElement
  change()
  if (focused && !focused.checkVisibility()) input.focus()
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

stopButton.addEventListener('click', () => running?.abort())
document.addEventListener('keydown', (key) => {
  if (key.key === 'Escape' && !isComposing(key)) running?.abort()
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

// The page follows the text while its end is in view; scrolling up stops that, scrolling down to it resumes.
let following = true
let frame = 0
let lastTop = 0

document.addEventListener('scroll', () => {
  const { scrollTop, scrollHeight, clientHeight } = document.documentElement
  if (scrollHeight - clientHeight - scrollTop < 24) following = true
  else if (scrollTop < lastTop) following = false
  lastTop = scrollTop
})

function followFromNow() {
  following = true
  follow()
}

function follow() {
  if (!following || frame) return
  frame = requestAnimationFrame(() => {
    frame = 0
    if (following) scrollTo({ top: document.documentElement.scrollHeight })
  })
}
