// A model with an OpenAI-compatible API, in a process of its own: it answers every request with the given number of
// words at the given rate, and a number of its own, so that no two answers are the same.
import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'

/** The length and the rate of the model's answers. */
export interface UpstreamOptions {
  readonly tokens: number
  readonly intervalMs: number
}

const { tokens, intervalMs } = JSON.parse(process.argv[2] ?? '{}') as UpstreamOptions
let answers = 0

const server = createServer((request, response) => {
  request.resume().on('end', () => void answer(response))
})
const port = await listenOnLoopback(server)
process.send?.(port)
process.on('disconnect', () => process.exit())

async function answer(response: ServerResponse): Promise<void> {
  answers += 1
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  // Without a random delay, answers that start together would stay synchronous.
  await sleep(Math.random() * intervalMs)
  const words = [`Answer ${answers}:`, ...Array.from({ length: tokens - 1 }, (_, index) => ` word${index}`)]
  for (const content of words) {
    if (response.destroyed) return
    send(response, { choices: [{ index: 0, delta: { content }, finish_reason: null }] })
    await sleep(intervalMs)
  }
  send(response, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  response.end('data: [DONE]\n\n')
}

function send(response: ServerResponse, chunk: object): void {
  response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', ...chunk })}\n\n`)
}
