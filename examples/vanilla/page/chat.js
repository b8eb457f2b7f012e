import { createChatStore, segments } from '/ragwire/client.js'

const store = createChatStore({ url: '/api' })
const [main, alert, form, template] = ['main', '[role=alert]', 'form', 'template'].map(find)
const [ask, stop] = form.querySelectorAll('button')

store.subscribe(show)
store.open(new URLSearchParams(location.search).get('thread') ?? undefined)

form.addEventListener('submit', (event) => {
  event.preventDefault()
  store.send(form.question.value)
  form.reset()
})
stop.addEventListener('click', () => store.stop())

function show() {
  const { threadId, turns, status, error } = store.getSnapshot()
  // A reload opens the conversation in the URL.
  if (threadId && !location.search.includes(threadId)) history.replaceState(null, '', `?thread=${threadId}`)
  ask.disabled = status === 'submitted' || status === 'streaming'
  stop.hidden = !ask.disabled
  alert.textContent = error?.message ?? ''
  for (const article of main.querySelectorAll('article')) {
    if (!turns.some(({ runId }) => runId === article.id)) article.remove()
  }
  turns.forEach(showTurn)
}

/** A turn that has ended is the same object in each snapshot. */
const shown = new Map()

function showTurn(turn) {
  if (shown.get(turn.runId) === turn) return
  shown.set(turn.runId, turn)
  const article = document.getElementById(turn.runId) ?? addArticle(turn)
  const [question, answer, sources, note, again] = article.children
  question.textContent = turn.question
  answer.replaceChildren(...segments(turn.result).flatMap((segment) => nodesOf(segment, turn)))
  for (const source of turn.result.sources.slice(sources.childElementCount)) sources.append(sourceOf(source, turn))
  note.textContent = noteOf(turn)
  again.hidden = !turn.error
}

function addArticle({ runId }) {
  const article = main.appendChild(template.content.firstElementChild.cloneNode(true))
  article.id = runId
  article.querySelector('button').addEventListener('click', () => {
    // If the connection broke, the answer may be complete at the server.
    if (shown.get(runId).error.code === 'disconnected') store.resume(runId)
    else store.regenerate(runId)
  })
  return article
}

/** Answers and sources are not trusted, so they become text, never HTML. */
function nodesOf(segment, { runId }) {
  if (segment.type === 'text') return [segment.text]
  return segment.citations.map(({ citation: { number, support = '' }, source }) =>
    create('a', { href: `#${runId}-${number}`, title: source?.title ?? '', className: support }, `[${number}]`),
  )
}

function sourceOf({ number, title, text }, { runId }) {
  // A link to the text of a source opens it.
  const summary = create('summary', {}, `[${number}] ${title}`)
  return create('details', {}, summary, create('p', { id: `${runId}-${number}` }, text))
}

function noteOf({ status, isReconnecting, result, error }) {
  if (error) return error.message
  if (isReconnecting) return 'Reconnecting …'
  if (status === 'submitted') return 'Searching …'
  return result.finishReason === 'abort' ? 'Stopped' : ''
}

function create(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

function find(selector) {
  return document.querySelector(selector)
}
