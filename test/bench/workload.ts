/** What the upstream answers a request with. */
export interface Workload {
  /** Tokens of each answer. */
  readonly tokens: number
  /** Milliseconds between two tokens of a stream; 0 for as fast as it is read. */
  readonly intervalMs: number
  /** Whether it cites a source in every second sentence, or none at all. */
  readonly cited: boolean
}

/** A passage as all servers retrieve it. */
export interface Passage {
  readonly id: string
  readonly title: string
  readonly text: string
}

export const QUESTION = 'How long can I return an item, and who pays for the shipping?'

/** Found for every question, by every server. */
export const PASSAGES: readonly Passage[] = ['Returns', 'Shipping', 'Refunds', 'Warranty', 'Exchanges'].map(
  (title) => ({
    id: title.toLowerCase(),
    title,
    text: `${title}: an item can be returned within 30 days of delivery. Return shipping is free of charge. `.repeat(6),
  }),
)

/** The request of a server that writes its own prompt. It is made for each answer, as passages differ in earnest. */
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

/** The deltas of an answer: words with the space before them, as tokenizers cut English. */
export function answerDeltas({ tokens, cited }: Workload): readonly string[] {
  const words = cited ? WORDS : WORDS.map((word) => word.replace('[1]', 'again'))
  return Array.from({ length: tokens }, (_, index) => ` ${words[index % words.length]}`)
}

/** Where the upstream listens for chat completions. */
export function upstreamUrl(port: number): string {
  return `http://127.0.0.1:${port}/v1`
}
