// A model with an OpenAI-compatible API that answers every request with the current workload.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerParent } from './child.ts'
import { NO_STAMP, stampNow } from './clock.ts'
import { listen } from './listen.ts'
import { answerDeltas, type Workload } from './workload.ts'

const BLOCK_TOKENS = 128
const PROMPT_TOKENS = 900

let intervalMs = 0
let stamped = false
let blocks: readonly Buffer[] = []

const server = createServer((request, response) => {
  request.resume().on('end', () => void answer(response))
})
const port = await listen(server)

answerParent((workload: Workload) => {
  const { tokens } = workload
  const chunks = [
    ...answerDeltas(workload).map((content) => toHttpChunk({ choices: [toChoice({ content }, null)] })),
    toHttpChunk({ choices: [toChoice({}, 'stop')] }),
    toHttpChunk({
      choices: [],
      usage: { prompt_tokens: PROMPT_TOKENS, completion_tokens: tokens, total_tokens: PROMPT_TOKENS + tokens },
    }),
    encode('data: [DONE]\n\n'),
  ]
  intervalMs = workload.intervalMs
  stamped = workload.stamped ?? false
  blocks = intervalMs > 0 ? chunks : inBlocks(chunks)
  return port
})

async function answer(response: ServerResponse): Promise<void> {
  const { socket } = response
  if (!socket) return
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  // Without a random delay, streams that start together would get their tokens together.
  if (intervalMs > 0) await sleep(Math.random() * intervalMs)
  for (const block of blocks) {
    // Encoded beforehand and written directly to the socket, because this process shares its cores with the measured
    // one.
    if (!socket.write(stamped ? stamp(block) : block)) await once(socket, 'drain')
    if (intervalMs > 0) await sleep(intervalMs)
  }
  response.end()
}

/** Returns a chunk with the current time in the place of the stamp, if it has one. */
function stamp(chunk: Buffer): Buffer {
  const place = chunk.indexOf(NO_STAMP)
  if (place < 0) return chunk
  const copy = Buffer.from(chunk)
  copy.write(stampNow(), place)
  return copy
}

function inBlocks(chunks: readonly Buffer[]): readonly Buffer[] {
  const count = Math.ceil(chunks.length / BLOCK_TOKENS)
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat(chunks.slice(index * BLOCK_TOKENS, (index + 1) * BLOCK_TOKENS)),
  )
}

/**
 * A completion chunk with the fields that OpenAI sends, about 330 bytes with one word of text. The last field hides
 * the length of the text from network observers.
 */
function toHttpChunk(rest: { readonly choices: readonly object[]; readonly usage?: object }): Buffer {
  const chunk = {
    id: 'chatcmpl-7QyqpwdfhqwajicIEznoc6Q47XAyW',
    object: 'chat.completion.chunk',
    created: 1_750_000_000,
    model: 'gpt-bench-2026-01-01',
    service_tier: 'default',
    system_fingerprint: 'fp_44709d6fcb',
    usage: null,
    ...rest,
    obfuscation: Math.random()
      .toString(36)
      .slice(2, 3 + 9 * Math.random()),
  }
  return encode(`data: ${JSON.stringify(chunk)}\n\n`)
}

function toChoice(delta: { readonly content?: string }, finishReason: string | null): object {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason }
}

/** A chunk of HTTP/1.1 of its own: RFC 9112, section 7.1. */
function encode(frame: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`)
}
