import { useAgent } from '@copilotkit/react-core/v2'
import { useEffect, useState } from 'react'
import type { CheckedCitation, Source } from 'ragwire'

/** The parts of an answer beside its text. */
interface Answer {
  readonly phase: string
  readonly sources: readonly Source[]
  readonly citations: readonly CheckedCitation[]
  readonly error: string
}

const EMPTY: Answer = { phase: '', sources: [], citations: [], error: '' }

/** The phase, the sources and the failure of the latest answer. */
export function Sources() {
  const { phase, sources, citations, error } = useAnswer()
  return (
    <aside aria-label="Sources">
      <p role="status">{phase}</p>
      {error !== '' && <p role="alert">{error}</p>}
      <ol>
        {sources.map(({ sourceId, number, title, url, text }) => (
          <li key={sourceId} value={number}>
            {url ? <a href={url}>{title}</a> : title}
            <p>{text}</p>
            {citations
              .filter((citation) => citation.number === number)
              .map(({ index, support = 'not checked' }) => (
                <p key={index}>Cited, {support}</p>
              ))}
          </li>
        ))}
      </ol>
    </aside>
  )
}

function useAnswer(): Answer {
  const { agent } = useAgent()
  const [answer, setAnswer] = useState(EMPTY)
  useEffect(() => {
    const merge = (change: Partial<Answer>) => setAnswer((answer) => ({ ...answer, ...change }))
    const { unsubscribe } = agent.subscribe({
      onRunStartedEvent: () => setAnswer(EMPTY),
      onStepStartedEvent: ({ event }) => merge({ phase: event.stepName }),
      onRunFinishedEvent: () => merge({ phase: '' }),
      onRunErrorEvent: ({ event }) => merge({ phase: '', error: event.message }),
      onCustomEvent: ({ event }) => setAnswer((answer) => withPart(answer, event)),
    })
    return unsubscribe
  }, [agent])
  return answer
}

function withPart(answer: Answer, { name, value }: { readonly name: string; readonly value?: unknown }): Answer {
  const { citations } = answer
  if (name === 'sources') return { ...answer, sources: value as readonly Source[] }
  if (name === 'citation') return { ...answer, citations: [...citations, value as CheckedCitation] }
  if (name !== 'support') return answer
  // The result of the check of an earlier citation.
  const checked = value as Pick<CheckedCitation, 'index' | 'support'>
  return {
    ...answer,
    citations: citations.map((citation) => (citation.index === checked.index ? { ...citation, ...checked } : citation)),
  }
}
