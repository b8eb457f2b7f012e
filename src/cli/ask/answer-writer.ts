import type { CitationEvent, ChatEvent, Source } from '../../index.ts'
import { safeText } from '../command-line/safe-text.ts'
import { linkTo, showsLinks } from '../command-line/terminal-links.ts'
import type { Terminal } from '../command-line/terminal.ts'
import { createWordWrap } from '../command-line/word-wrap.ts'

/** Writes an answer to the output as its words come. */
export interface AnswerWriter {
  /** Writes the text of an event. */
  add(event: ChatEvent): void
  /** Writes the last word and ends the line. */
  end(): void
}

/** Creates the writer of one answer. On a terminal, its lines are broken between words and its markers are links. */
export function createAnswerWriter(terminal: Terminal, env: NodeJS.ProcessEnv): AnswerWriter {
  const { output } = terminal
  const hasLinks = showsLinks(env, output)
  const sources = new Map<number, Source>()
  let citation: CitationEvent['citation'] | undefined
  let last = '\n'
  const wrap = createWordWrap({
    columns: () => (output.isTTY ? output.columns : undefined),
    write(text) {
      output.write(text)
      last = text.at(-1) ?? last
    },
  })

  function addToken(delta: string, at: number): void {
    const text = safeText(delta)
    if (citation?.start !== at) return wrap.add(text)
    const url = sources.get(citation.number)?.url
    const marker = terminal.style('cyan', text)
    wrap.addWhole(text, hasLinks && url !== undefined ? linkTo(url, marker) : marker)
  }

  return {
    add(event) {
      if (event.type === 'source') sources.set(event.source.number, event.source)
      if (event.type === 'citation') citation ??= event.citation
      if (event.type !== 'token') return
      addToken(event.delta, event.at)
      citation = undefined
    },
    end() {
      wrap.end()
      if (last !== '\n') output.write('\n')
    },
  }
}
