// The routes of the chat handler, with what every browser has: `fetch` and `EventSource`.
const [main, alert, form, template] = ['main', '[role=alert]', 'form', 'template'].map(find)
const [ask, stop] = form.querySelectorAll('button')

// A reload opens the conversation in the URL.
let threadId = new URLSearchParams(location.search).get('thread') ?? undefined
/** The run that is being read. */
let runId

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void start({ question: form.question.value })
  form.reset()
})
stop.addEventListener('click', () => request('POST', `/runs/${runId}/stop`))
if (threadId) void open()

async function open() {
  const thread = await request('GET', `/threads/${threadId}`)
  for (const turn of thread?.turns ?? []) {
    const article = addArticle(turn)
    if (turn.result) showResult(article, turn.result)
    else follow(article, turn.runId)
  }
}

/** Asks a question. The answer is read by a request of its own. */
async function start(question) {
  setRunning(true)
  const ids = await request('POST', '/runs', { ...question, threadId })
  if (!ids) return setRunning(false)
  threadId = ids.threadId
  history.replaceState(null, '', `?thread=${threadId}`)
  document.getElementById(question.replaces)?.remove()
  follow(addArticle({ ...ids, question: question.question }), ids.runId)
}

/** Reads a run from its start. After a break, the browser connects again by itself, and sends the id of the last event. */
function follow(article, id) {
  const events = new EventSource(`/api/runs/${id}/events`)
  let lastSeq = -1
  let marker = []
  runId = id
  setRunning(true)
  setNote(article, 'Searching …')

  function on(type, handle) {
    events.addEventListener(type, ({ data }) => {
      const event = JSON.parse(data)
      // After a break, events may come again. The last event is never a duplicate, whatever its `seq`.
      if (event.seq > lastSeq || type === 'done' || type === 'chat-error') handle(event)
      lastSeq = Math.max(lastSeq, event.seq)
    })
  }

  function end(note, isFailed) {
    // Without this, the browser would connect again.
    events.close()
    setRunning(false)
    setNote(article, note, isFailed)
  }

  on('source', ({ source }) => addSource(article, source))
  // The citations of a marker come directly before the token with its text.
  on('citation', ({ citation }) => marker.push(citation))
  on('token', ({ delta }) => {
    setNote(article, '')
    addText(article, delta, marker)
    marker = []
  })
  on('done', ({ finishReason }) => end(noteOf(finishReason)))
  on('chat-error', ({ message }) => end(message, true))
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) end('The answer can no longer be read', true)
    else setNote(article, 'Reconnecting …')
  }
}

function showResult(article, { answer, sources, citations, finishReason, error }) {
  for (const source of sources) addSource(article, source)
  let at = 0
  for (const { start } of citations) {
    if (start < at) continue
    const marker = citations.filter((citation) => citation.start === start)
    addText(article, answer.slice(at, start), [])
    addText(article, '', marker)
    at = marker[0].end
  }
  addText(article, answer.slice(at), [])
  setNote(article, error?.message ?? noteOf(finishReason), error !== undefined)
}

function addArticle({ runId: id, question }) {
  const article = main.appendChild(template.content.firstElementChild.cloneNode(true))
  article.id = id
  article.querySelector('h2').textContent = question
  article.querySelector('button').addEventListener('click', () => start({ question, replaces: id }))
  return article
}

/** Answers and sources are not trusted, so they become text, never HTML. */
function addText(article, text, marker) {
  const links = marker.map(({ number }) => create('a', { href: `#${article.id}-${number}` }, `[${number}]`))
  article.querySelector('.answer').append(...(links.length > 0 ? links : [text]))
}

function addSource(article, { number, title, text }) {
  // A link to the text of a source opens it.
  const summary = create('summary', {}, `[${number}] ${title}`)
  const details = create('details', {}, summary, create('p', { id: `${article.id}-${number}` }, text))
  article.querySelector('div').append(details)
}

function noteOf(finishReason) {
  return finishReason === 'abort' ? 'Stopped' : ''
}

function setNote(article, text, isFailed = false) {
  article.querySelector('[role=status]').textContent = text
  article.querySelector('button').hidden = !isFailed
}

function setRunning(isRunning) {
  ask.disabled = isRunning
  stop.hidden = !isRunning
}

/** Resolves with the answer of a route; shows a failure, and resolves with undefined. */
async function request(method, path, body) {
  const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`/api${path}`, { method, ...json }).catch(() => undefined)
  const answer = await response?.json().catch(() => undefined)
  alert.textContent = response?.ok ? '' : (answer?.message ?? 'The server cannot be reached')
  return response?.ok ? answer : undefined
}

function create(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

function find(selector) {
  return document.querySelector(selector)
}
