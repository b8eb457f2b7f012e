import type { ReactElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import Markdown, { type Components } from 'react-markdown'
import { citationOf, remarkCitations } from '../../../../src/markdown.ts'
import {
  Answer,
  Citations,
  Sources,
  Turns,
  type AnswerProps,
  type CitationProps,
  type SourcesProps,
  type TurnsProps,
} from '../../../../src/react.ts'

/** Renders an answer as text. */
export function renderAnswer(props: AnswerProps): string {
  return renderToStaticMarkup(<Answer {...props} />)
}

/** Renders a conversation. */
export function renderTurns(props: TurnsProps): string {
  return renderToStaticMarkup(<Turns {...props} />)
}

/** Renders the sources of an answer. */
export function renderSources(props: SourcesProps): string {
  return renderToStaticMarkup(<Sources {...props} />)
}

/** Renders an answer with a component of the page for each citation. */
export function renderOwn(props: AnswerProps): string {
  return renderToStaticMarkup(<Answer {...props} as={Own} />)
}

function Own({ cited: { citation, source } }: CitationProps): ReactElement {
  return <b>{`${citation.number}: ${source?.title}`}</b>
}

/** Renders an answer as Markdown, as the guide does. */
export function renderMarkdown(props: AnswerProps): string {
  return renderToStaticMarkup(
    <Answer {...props}>
      {({ result }) => (
        <Markdown remarkPlugins={[remarkCitations(result)]} components={components}>
          {result.answer}
        </Markdown>
      )}
    </Answer>,
  )
}

const components: Components = {
  cite: ({ node, children }) => <Citations segment={citationOf(node)}>{children}</Citations>,
}
