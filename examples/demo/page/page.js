// @ts-check
import { createConversation } from './conversation.js'
import { find } from './dom.js'
import { createPassage } from './passage.js'
import { currentThread, leaveThread, nameThread } from './thread.js'
import { createThreadList } from './thread-list.js'

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

const threads = createThreadList(find(document, '#threads', HTMLElement), {
  onDelete(threadId) {
    if (threadId !== currentThread()) return
    nameThread(undefined)
    open()
    input.focus()
  },
})
const conversation = createConversation(turns, {
  passage,
  announce: (text) => (announcer.textContent = text),
  keepFocus,
  onRunning: showRunning,
  onChange: threads.refresh,
  onBusy(question) {
    input.value ||= question
    open()
    input.focus()
  },
})

/** Resolves when the conversation is shown. */
let opened = Promise.resolve()
open()

/** Shows the conversation in the address, or the start of a new one. */
function open() {
  opened = openThread()
}

async function openThread() {
  passage.close()
  threads.close()
  notice.hidden = true
  threads.refresh()
  try {
    await conversation.open()
  } catch {
    notice.hidden = false
  }
  setStarted(turns.hasChildNodes())
}

/** @param {boolean} started true if a question was asked */
function setStarted(started) {
  empty.hidden = started || !notice.hidden
  newButton.hidden = !started && notice.hidden
}

function showRunning() {
  const running = conversation.isRunning()
  stopButton.hidden = !running
  sendButton.hidden = running
  if (running) setStarted(true)
}

/** @param {string} question */
async function ask(question) {
  await opened
  if (conversation.isRunning()) return
  passage.close()
  await conversation.ask(question)
}

/** Moves the focus to the input if the focused element disappears. It would otherwise move to the top of the page.
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
  if (conversation.isRunning() || !question) return input.focus()
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
  open()
  input.focus()
})
addEventListener('popstate', open)

stopButton.addEventListener('click', () => void conversation.stop())
document.addEventListener('keydown', (key) => {
  if (key.key !== 'Escape' || isComposing(key) || threads.isOpen()) return
  if (!passage.close()) void conversation.stop()
})

/** Returns true while a word is composed, as in Chinese and Japanese: Enter then accepts it and Escape cancels it. For the
 * key that ends a composition, Safari sets only the code 229.
 *
 * @param {KeyboardEvent} key
 */
function isComposing(key) {
  return key.isComposing || key.keyCode === 229
}
