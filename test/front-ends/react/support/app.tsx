import { Activity, StrictMode, useState, type ReactElement, type SubmitEvent } from 'react'
import { createChatStore, type ChatTurn } from '../../../../src/client.ts'
import {
  Answer,
  Sources,
  Turns,
  useRagChat,
  useThreads,
  type RagChat,
  type RagChatOptions,
} from '../../../../src/react.ts'

/** What the test sets and reads on the page. */
export interface TestPage {
  /** Renders of each row, by question. */
  readonly renders: Record<string, number>
  /** The conversations that the page was told of. */
  readonly threads: (string | undefined)[]
  /** Actions whose functions have changed. */
  readonly changed: string[]
}

const test: TestPage = { renders: {}, threads: [], changed: [] }
Reflect.set(globalThis, 'test', test)

/** The page: a chat as in the guide, with what the tests need. `search` is the query of its URL. */
export function App({ search }: { readonly search: string }): ReactElement {
  const query = new URLSearchParams(search)
  const [isShown, show] = useState(true)
  const [url, setUrl] = useState('/api')
  const [thread, setThread] = useState(query.get('thread') ?? undefined)
  const [store] = useState(() => (query.has('shared') ? createChatStore({ url: '/api' }) : undefined))
  const options: RagChatOptions = {
    ...(store ? { store } : { url, headers: () => ({ 'x-page': thread ?? 'none' }) }),
    threadId: thread,
    onThreadChange(threadId) {
      test.threads.push(threadId)
      setThread(threadId)
      history.replaceState(null, '', `?${new URLSearchParams({ ...(threadId && { thread: threadId }) })}`)
    },
  }
  const page = (
    <main>
      <button onClick={() => show((shown) => !shown)}>Toggle</button>
      <button onClick={() => setUrl('/other')}>Other server</button>
      <button onClick={() => setThread(undefined)}>New</button>
      {query.has('activity') ? (
        <Activity mode={isShown ? 'visible' : 'hidden'}>
          <Chat {...options} />
        </Activity>
      ) : (
        isShown && <Chat {...options} />
      )}
      {store && <Echo options={options} />}
    </main>
  )
  return query.has('strict') ? <StrictMode>{page}</StrictMode> : page
}

function Chat(options: RagChatOptions): ReactElement {
  const chat = useRagChat(options)
  useStable(chat)
  return (
    <section id="chat" data-status={chat.status} data-loading={chat.isLoading}>
      <Turns turns={chat.turns}>{rowOf}</Turns>
      <form onSubmit={(event) => submit(event, chat)}>
        <input name="question" aria-label="Question" />
        <button>Ask</button>
        <button type="button" onClick={chat.stop}>
          Stop
        </button>
        <button type="button" onClick={chat.regenerate}>
          Again
        </button>
      </form>
      <Conversations chat={chat} />
    </section>
  )
}

function submit(event: SubmitEvent<HTMLFormElement>, { send }: RagChat): void {
  event.preventDefault()
  send(event.currentTarget['question'].value)
}

function rowOf(turn: ChatTurn): ReactElement {
  test.renders[turn.question] = (test.renders[turn.question] ?? 0) + 1
  return (
    <>
      <Answer turn={turn} className="answer" />
      <Sources turn={turn} className="sources" />
    </>
  )
}

function Conversations({ chat: { store, open } }: { readonly chat: RagChat }): ReactElement {
  const { threads, search, isLoading, more, hasMore, rename } = useThreads(store)
  return (
    <nav aria-label="Conversations" data-loading={isLoading}>
      <input aria-label="Search" onChange={({ target }) => search(target.value)} />
      {threads.map(({ threadId, title }) => (
        <p key={threadId}>
          <button onClick={() => open(threadId)}>{title}</button>
          <button onClick={() => void rename(threadId, `My ${title}`)}>Rename</button>
        </p>
      ))}
      {hasMore && <button onClick={more}>More</button>}
    </nav>
  )
}

function Echo({ options }: { readonly options: RagChatOptions }): ReactElement {
  const { turns, status } = useRagChat(options)
  return <output data-status={status}>{turns.map(({ result }) => result.answer).join('\n')}</output>
}

/** Notes the actions that are no longer the same functions. */
function useStable(chat: RagChat): void {
  const [first] = useState(chat)
  for (const name of ['send', 'stop', 'resume', 'regenerate', 'open', 'rate', 'disconnect'] as const) {
    if (first[name] !== chat[name] && first.store === chat.store) test.changed.push(name)
  }
}
