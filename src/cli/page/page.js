// @ts-check
import { createChatStore } from 'ragwire/client'
import { createComposer } from './composer.js'
import { createConversation } from './conversation.js'
import { find, findHtml, onPress, translate } from './dom.js'
import { createPassage } from './passage.js'
import { showLibraryStatus } from './library-status.js'
import { stringsIn } from './strings.js'
import { createThreadView } from './thread-view.js'
import { currentThread, leaveThread, nameThread } from './thread.js'

// The frame of the page keeps one language; each turn has the language of its question.
const strings = stringsIn(navigator.language)
document.documentElement.lang = strings.language
translate(document, strings)
showLibraryStatus([findHtml(document, 'header .about'), findHtml(document, '#empty .about')], strings)

/** Time in which the server stores a question, in milliseconds. */
const STORING = 300

const store = createChatStore({ url: location.origin })
const empty = findHtml(document, '#empty')
const notice = findHtml(document, '#notice')
const announcer = findHtml(document, '#announcer')
const passage = createPassage(findHtml(document, '#passage'))
const composer = createComposer(find(document, '#composer', HTMLFormElement), { store, ask })
const newButton = onPress(document, '#new', begin)
const threads = createThreadView(findHtml(document, '#threads'), {
  store,
  strings,
  onDelete: (threadId) => threadId === store.getSnapshot().threadId && forget(),
})
const conversation = createConversation(findHtml(document, '#turns'), {
  store,
  passage,
  announce: (text) => (announcer.textContent = text),
  onEdit: composer.edit,
})

store.subscribe(draw)
addEventListener('popstate', () => void open())
void open()

/** Shows the conversation in the address, or the start of a new one. */
async function open() {
  passage.close()
  threads.close()
  composer.edit(undefined)
  await store.open(currentThread())
  const { threadId, turns, error } = store.getSnapshot()
  if (!threadId || turns.length > 0 || error) return
  const runs = await store.client.runs().catch(() => [])
  if (threadId !== store.getSnapshot().threadId) return
  // A question that is not stored yet will be in a moment. Without a run, there is no such conversation.
  if (runs.some((run) => run.threadId === threadId)) setTimeout(() => void open(), STORING)
  else forget()
}

/** Begins a new conversation. */
function begin() {
  leaveThread()
  forget()
}

/** Begins a new conversation, and leaves no way back to the address of the page. */
function forget() {
  nameThread(undefined)
  void open()
  composer.focus()
}

/** @param {string} question @param {string} [replaces] */
function ask(question, replaces) {
  passage.close()
  void store.send(question, { replaces })
}

function draw() {
  const snapshot = store.getSnapshot()
  const { threadId, turns, isLoading, error } = snapshot
  if (turns.length > 0) nameThread(threadId)
  notice.hidden = !error || turns.length > 0
  notice.textContent = strings.openProblem
  empty.hidden = turns.length > 0 || isLoading || !notice.hidden
  newButton.hidden = !empty.hidden || isLoading
  keepFocus(() => {
    conversation.draw(snapshot)
    composer.draw(snapshot)
    threads.draw()
  })
}

/** Moves the focus to the input if the focused element disappears. It would otherwise move to the top of the page.
 *
 * @param {() => void} change
 */
function keepFocus(change) {
  const focused = document.activeElement
  change()
  if (focused && !focused.checkVisibility()) composer.focus()
}

empty.addEventListener('click', ({ target }) => {
  if (target instanceof HTMLButtonElement) ask(target.innerText)
})

document.addEventListener('keydown', (key) => {
  if (key.key !== 'Escape' || composer.isComposing(key) || threads.isOpen()) return
  if (!passage.close() && !composer.edit(undefined)) void store.stop()
})
