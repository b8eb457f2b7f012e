import { segments } from 'ragwire/client'
import type { ChatMessage } from './chat.tsx'

export function Message({ message: { id, role, parts } }: { message: ChatMessage }) {
  const answer = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  if (role === 'user') return <h2>{answer}</h2>
  const citations = parts.flatMap((part) => (part.type === 'data-citation' ? [part.data] : []))
  const sources = parts.flatMap((part) => (part.type === 'data-sources' ? part.data.nodes : []))
  return (
    <article>
      <p className="answer">
        {segments({ answer, citations, sources: [] }).map((segment) =>
          segment.type === 'text'
            ? segment.text
            : segment.citations.map(({ citation }) => (
                <a key={citation.index} href={`#${id}-${citation.sourceId}`} title={citation.support}>
                  [{citation.number}]
                </a>
              )),
        )}
      </p>
      {sources.map(({ id: sourceId, text, metadata }) => (
        <details key={sourceId}>
          <summary>
            [{`${metadata.number}`}] {`${metadata.title}`}
          </summary>
          <p id={`${id}-${sourceId}`}>{text}</p>
        </details>
      ))}
    </article>
  )
}
