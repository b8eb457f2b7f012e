import { NO_STAMP } from './clock.ts'

/** The answer of the upstream to every request. */
export interface Workload {
  /** Tokens of each answer. */
  readonly tokens: number
  /** Milliseconds between two tokens of a stream; 0 for no delay. */
  readonly intervalMs: number
  /** True if every second sentence cites a source; otherwise none does. */
  readonly cited: boolean
  /** True if each token is the time at which it is sent, see `clock.ts`. */
  readonly stamped?: boolean
}

/** A passage in the form that all servers retrieve. */
export interface Passage {
  readonly id: string
  readonly title: string
  readonly text: string
}

export const QUESTION = 'How long can I return an item, and who pays for the shipping?'

const BUILT: readonly Passage[] = ['Returns', 'Shipping', 'Refunds', 'Warranty', 'Exchanges'].map((title) => ({
  id: title.toLowerCase(),
  title,
  text: `${title}: an item can be returned within 30 days of delivery. Return shipping is free of charge. `.repeat(6),
}))

/**
 * The passages that every server finds for every question. They are read from JSON, as those of a real index are: a text that was
 * put together in the program is stored in pieces, and takes longer to encode.
 */
export const PASSAGES = JSON.parse(JSON.stringify(BUILT)) as readonly Passage[]

/** The request of a server that builds its own prompt. It is built for each answer, because real passages differ. */
export function requestBody(): string {
  const sources = PASSAGES.map(({ title, text }, index) => `[${index + 1}] ${title}\n${text}`).join('\n\n')
  const messages = [
    { role: 'system', content: `Answer from these numbered sources, and cite them.\n\n${sources}` },
    { role: 'user', content: QUESTION },
  ]
  return JSON.stringify({ model: 'bench', stream: true, stream_options: { include_usage: true }, messages })
}

const SENTENCES =
  'An item can be returned within 30 days of delivery [1]. Return shipping is free of charge, and the refund comes ' +
  'back to the card it was paid with.\n'
const WORDS = SENTENCES.split(' ')

/** The deltas of an answer: words with the preceding space, as tokenizers split English. */
export function answerDeltas({ tokens, cited, stamped = false }: Workload): readonly string[] {
  if (stamped) return Array.from({ length: tokens }, () => ` ${NO_STAMP}`)
  const words = cited ? WORDS : WORDS.map((word) => word.replace('[1]', 'again'))
  return Array.from({ length: tokens }, (_, index) => ` ${words[index % words.length]}`)
}

/** The path on which the upstream accepts chat completions. */
export function upstreamUrl(port: number): string {
  return `http://127.0.0.1:${port}/v1`
}
