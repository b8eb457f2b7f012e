import { describe, expect, it } from 'vitest'
import { collectChat, memoryHistoryStore, streamChat, type HistoryStore } from '../../../src/index.ts'
import {
  createGate,
  fakeRetriever,
  scriptedChatModel,
  type Gate,
  type ScriptedChatModel,
} from '../../../src/testing.ts'
import { REACT_VERSIONS } from './support/bundle-react.ts'
import { answerIs, ask, notesOf, statusIs, useReact } from './support/use-react.ts'

const FINISH = { type: 'finish', finishReason: 'stop' } as const
const QUESTION = 'How long do cats sleep?'

describe.each(REACT_VERSIONS)('useRagChat with React %s', (react) => {
  const open = useReact(react)

  it('shows words before the end, and an input keeps its focus meanwhile', async () => {
    const gate = createGate()
    const { page } = await open({ model: slowModel(gate) })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    await page.fill('[name=question]', 'And d')
    gate.open()
    await answerIs(page, 'Cats sleep 16 hours [1].')
    await page.keyboard.type('ogs?')
    expect(await page.inputValue('[name=question]')).toBe('And dogs?')
    await statusIs(page, 'ready')
    expect((await notesOf(page)).changed).toEqual([])
  })

  it('renders only the turn that is being answered', async () => {
    const gate = createGate()
    const words = Array.from({ length: 5 }, (_, index) => `word${index}`)
    const model = scriptedChatModel([...words.flatMap((word) => [{ gate }, word]), FINISH])
    const { page } = await open({ model, history: await historyOf(50), search: 'thread=old' })
    await page.waitForSelector('article:nth-of-type(50)')
    const before = await notesOf(page)
    await ask(page, QUESTION)
    for (const word of words) {
      gate.release()
      await page.waitForFunction(
        (text) => document.querySelector('article:last-of-type .answer')?.textContent?.includes(text),
        word,
      )
    }
    await statusIs(page, 'ready')
    const { [QUESTION]: renders, ...others } = (await notesOf(page)).renders
    expect(others).toEqual(before.renders)
    expect(renders).toBeGreaterThanOrEqual(words.length)
  })

  it('stops the answer on the server, with the function as a handler', async () => {
    const model = slowModel(createGate())
    const { page, server } = await open({ model })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    await page.click('text=Stop')
    await statusIs(page, 'ready')
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(server.requests.filter((request) => /stop/u.test(request))).toEqual([
      expect.stringMatching(/^POST \/api\/runs\/[\da-f-]{36}\/stop$/u),
    ])
  })

  it('ignores a blank question, and a question while an answer is running', async () => {
    const gate = createGate()
    const { page, server } = await open({ model: slowModel(gate) })
    await ask(page, ' ')
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    await ask(page, 'And dogs?')
    await page.click('text=Again')
    gate.open()
    await statusIs(page, 'ready')
    expect(await page.locator('h2').allTextContents()).toEqual([QUESTION])
    expect(server.requests.filter((request) => request === 'POST /api/chat')).toHaveLength(1)
  })

  it('shows a failure, and asks the question again', async () => {
    const model = scriptedChatModel((_request, attempt) =>
      attempt === 1 ? ['Cats', { error: new Error('down') }] : ['Cats sleep 16 hours [1].', FINISH],
    )
    const { page } = await open({ model })
    await ask(page, QUESTION)
    await statusIs(page, 'error')
    expect(await page.locator('.answer [role=alert]').textContent()).toMatch(/model/u)
    await page.click('text=Again')
    await answerIs(page, 'Cats sleep 16 hours [1].')
    expect(await page.locator('[role=alert]').count()).toBe(0)
    expect(await page.locator('article').count()).toBe(1)
  })

  it('shows the conversation again after a reload, and goes on with its answer', async () => {
    const gate = createGate()
    const { page } = await open({ model: slowModel(gate), onDisconnect: 'continue' })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    const { threads } = await notesOf(page)
    expect(threads).toEqual([new URL(page.url()).searchParams.get('thread')])
    await page.reload()
    await answerIs(page, 'Cats sleep')
    gate.open()
    await answerIs(page, 'Cats sleep 16 hours [1].')
    // The page knows the id already.
    expect((await notesOf(page)).threads).toEqual([])
  })

  it('follows the option threadId', async () => {
    const { page } = await open({ model: slowModel(), history: await historyOf(2), search: 'thread=old' })
    await page.waitForSelector('text=Question 1')
    await page.click('text=New')
    await page.waitForSelector('article', { state: 'detached' })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep 16 hours [1].')
    expect((await notesOf(page)).threads).toEqual([new URL(page.url()).searchParams.get('thread')])
    await page.click('nav >> text=Question 0')
    await page.waitForSelector('text=Question 1')
    expect(new URL(page.url()).searchParams.get('thread')).toBe('old')
  })

  it('reads headers that are a new function at each render', async () => {
    const { page, server } = await open({ model: slowModel() })
    await ask(page, QUESTION)
    await statusIs(page, 'ready')
    const thread = new URL(page.url()).searchParams.get('thread')
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep 16 hours [1].')
    await statusIs(page, 'ready')
    const asked = server.requests.flatMap((request, index) => (request.endsWith('/chat') ? [server.pages[index]] : []))
    expect(asked).toEqual(['none', thread])
  })

  it('begins a new conversation at another url, and leaves the answer of the earlier one', async () => {
    const model = slowModel(createGate())
    const { page, server } = await open({ model })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    await page.click('text=New')
    await page.click('text=Other server')
    await page.waitForSelector('article', { state: 'detached' })
    expect(await model.calls[0]?.ended).toBe('aborted')
    await ask(page, 'And dogs?')
    await answerIs(page, 'Cats sleep')
    expect(server.requests).toContain('POST /other/chat')
  })

  it('leaves the answer when its component is unmounted', async () => {
    const model = slowModel(createGate())
    const { page, server } = await open({ model })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    await page.click('text=Toggle')
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(server.requests.filter((request) => /stop/u.test(request))).toEqual([])
  })

  it('does not follow a running answer that has loaded after the unmount', async () => {
    const gate = createGate()
    const { page, server } = await open({ model: slowModel(gate), onDisconnect: 'continue' })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    const loading = createGate()
    await page.route('**/api/threads/*', async (route) => {
      await loading.pass()
      await route.continue()
    })
    await page.reload()
    await loading.reached()
    await page.click('text=Toggle')
    const before = server.requests.length
    loading.open()
    await page.waitForResponse('**/api/threads/*')
    // The page has read that response by the end of these requests.
    await page.evaluate(() =>
      fetch('/api/runs')
        .then(() => fetch('/api/runs'))
        .then(() => {}),
    )
    expect(server.requests.slice(before).filter((request) => /events/u.test(request))).toEqual([])
    gate.open()
  })

  it('shows the earlier turns, though a question was asked while they were loading', async () => {
    const loading = createGate()
    const { page } = await open({ model: slowModel(), history: await historyOf(1) })
    await page.route('**/api/threads/*', async (route) => {
      await loading.pass()
      await route.continue()
    })
    await page.click('nav >> text=Question 0')
    await loading.reached()
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep 16 hours [1].')
    loading.open()
    await page.waitForSelector('h2 >> text=Question 0')
    expect(await page.locator('h2').allTextContents()).toEqual(['Question 0', QUESTION])
  })

  it('works in Strict Mode, with one run and one list of conversations', async () => {
    const gate = createGate()
    const model = slowModel(gate)
    const { page, server } = await open({ model, search: 'strict' })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    gate.open()
    await answerIs(page, 'Cats sleep 16 hours [1].')
    expect(await model.calls[0]?.ended).toBe('returned')
    expect(server.requests.filter((request) => request === 'POST /api/chat')).toHaveLength(1)
  })

  it('opens a stored conversation in Strict Mode', async () => {
    const { page } = await open({ model: slowModel(), history: await historyOf(1), search: 'strict&thread=old' })
    await page.waitForSelector('#chat[data-loading=false] >> text=Question 0')
    await statusIs(page, 'ready')
    expect(await page.locator('article').count()).toBe(1)
  })

  it('shares a given store, and leaves no run of it', async () => {
    const gate = createGate()
    const model = slowModel(gate)
    const { page } = await open({ model, search: 'shared' })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    await page.waitForSelector('output:text-is("Cats sleep")')
    await page.click('text=Toggle')
    await page.waitForSelector('#chat', { state: 'detached' })
    gate.open()
    await page.waitForSelector('output:text-is("Cats sleep 16 hours [1].")')
    expect(await model.calls[0]?.ended).toBe('returned')
  })

  it('is rendered on a server, and hydrates without a warning', async () => {
    const { page, server } = await open({ model: slowModel(), hydrate: true, search: 'strict' })
    expect(await (await fetch(server.url)).text()).toContain(
      '<section id="chat" data-status="ready" data-loading="false">',
    )
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep 16 hours [1].')
  })

  it('is rendered on a server as loading, if it has a stored conversation to show', async () => {
    const history = await historyOf(1)
    const { page, server } = await open({ model: slowModel(), hydrate: true, search: 'thread=old', history })
    const html = await (await fetch(`${server.url}/?thread=old`)).text()
    expect(html).toContain('<section id="chat" data-status="ready" data-loading="true">')
    await page.waitForSelector('text=Question 0')
    await page.waitForSelector('#chat[data-loading=false]')
  })
})

// React 18 has no Activity.
describe('useRagChat in an Activity of React 19', () => {
  const open = useReact('19')

  it('goes on with its answer when a hidden component is shown again', async () => {
    const gate = createGate()
    const { page, server } = await open({ model: slowModel(gate), search: 'activity', onDisconnect: 'continue' })
    await ask(page, QUESTION)
    await answerIs(page, 'Cats sleep')
    await page.click('text=Toggle')
    await page.waitForSelector('#chat', { state: 'hidden' })
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    gate.open()
    await page.click('text=Toggle')
    await answerIs(page, 'Cats sleep 16 hours [1].')
    expect(server.requests.filter((request) => request === 'POST /api/chat')).toHaveLength(1)
  })
})

describe.each(REACT_VERSIONS)('useThreads with React %s', (react) => {
  const open = useReact(react)

  it('lists, searches and renames conversations', async () => {
    const { page } = await open({ model: slowModel(), history: await historyOf(1) })
    await page.waitForSelector('nav >> text=Question 0')
    await ask(page, QUESTION)
    await page.waitForSelector(`nav >> text=${QUESTION}`)
    await page.fill('[aria-label=Search]', 'cats')
    await page.waitForSelector('nav >> text=Question 0', { state: 'detached' })
    await page.click('text=Rename')
    await page.waitForSelector(`nav >> text=My ${QUESTION}`)
    expect(await page.locator('nav p').count()).toBe(1)
  })
})

/** A model that waits after its second word, if it has a gate. */
function slowModel(gate?: Gate): ScriptedChatModel {
  return scriptedChatModel(['Cats sleep', ...(gate ? [{ gate }] : []), ' 16 hours [1].', FINISH])
}

/** A history with the thread `old`, of that many turns. */
async function historyOf(turns: number): Promise<HistoryStore> {
  const history = memoryHistoryStore()
  for (let turn = 0; turn < turns; turn += 1) {
    const stream = streamChat({
      question: `Question ${turn}`,
      threadId: 'old',
      scope: 'reader',
      history,
      condenser: false,
      retriever: fakeRetriever(['Cats sleep 16 hours a day.']),
      model: scriptedChatModel([`Answer ${turn} [1].`, FINISH]),
    })
    await collectChat(stream)
  }
  return history
}
