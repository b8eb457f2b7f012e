import type { ChatResult, CheckedCitation } from '../../index.ts'
import { safeText } from '../command-line/safe-text.ts'
import { linkTo, showsLinks } from '../command-line/terminal-links.ts'
import type { Terminal } from '../command-line/terminal.ts'
import { wrapText } from '../command-line/word-wrap.ts'
import type { PlacedSource } from './place-sources.ts'

const MOST_CLAIM_CHARS = 160

/** Returns the lines below an answer: its sources, and the sentences that their source does not support. */
export function describeSources(
  result: Pick<ChatResult, 'answer' | 'citations'>,
  sources: readonly PlacedSource[],
  { terminal, env }: { readonly terminal: Terminal; readonly env: NodeJS.ProcessEnv },
): readonly string[] {
  const { answer, citations } = result
  const cited = sources.filter((source) => citations.some(({ number }) => number === source.number))
  const shown = cited.length > 0 ? cited : sources
  if (shown.length === 0) return []
  const title = cited.length > 0 ? 'Sources' : 'Sources that were found, and are not cited'
  return [
    '',
    terminal.style('bold', title),
    ...shown.flatMap((source) => describe(source, { terminal, env })),
    ...describeChecks(answer, citations, terminal),
  ]
}

function describe(
  source: PlacedSource,
  { terminal, env }: { readonly terminal: Terminal; readonly env: NodeJS.ProcessEnv },
): readonly string[] {
  const marker = `[${source.number}]`
  const indent = ' '.repeat(marker.length + 1)
  const name = inLines(`${marker} ${nameOf(source)}`, terminal, indent)
  const { page, path, line, url } = { ...source, page: source.location?.page }
  const place = oneLine(line === undefined ? path : `${path}:${line}`)
  const written = showsLinks(env, terminal.output) && url !== undefined ? linkTo(url, place) : place
  const onPage = page === undefined ? '' : `, page ${page}`
  return [name.replace(marker, terminal.style('cyan', marker)), `${indent}${terminal.style('dim', written + onPage)}`]
}

function nameOf({ title, section = [] }: PlacedSource): string {
  return [title, ...section].map(oneLine).join(' > ')
}

function describeChecks(answer: string, citations: readonly CheckedCitation[], terminal: Terminal): readonly string[] {
  const failed = citations.filter(({ support }) => support === 'weak' || support === 'unsupported')
  if (failed.length === 0) return []
  return [
    '',
    terminal.style('bold', 'Check these sentences'),
    ...failed.map(({ number, support, claim }) => {
      const sentence = claim === undefined ? '' : oneLine(answer.slice(claim.start, claim.end))
      const short = sentence.length > MOST_CLAIM_CHARS ? `${sentence.slice(0, MOST_CLAIM_CHARS)}…` : sentence
      const outcome = support === 'weak' ? 'supports only in part' : 'does not support'
      const line = inLines(`! [${number}] ${outcome}: "${short}"`, terminal, '  ')
      return terminal.style(support === 'weak' ? 'yellow' : 'red', line)
    }),
  ]
}

function oneLine(text: string): string {
  return safeText(text).replaceAll(/\s+/gu, ' ').trim()
}

function inLines(text: string, { output }: Terminal, indent: string): string {
  return output.isTTY && output.columns !== undefined ? wrapText(text, { columns: output.columns, indent }) : text
}
