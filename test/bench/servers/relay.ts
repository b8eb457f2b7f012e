// The bare relay: a hand-written loop without checks, stops or limits.
import { createParser } from 'eventsource-parser'
import { PASSAGES, requestBody, upstreamUrl } from '../workload.ts'
import { serve } from './serve.ts'

const url = `${upstreamUrl(Number(process.argv[2]))}/chat/completions`
const headers = { 'content-type': 'application/json' }

await serve(async (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const passage of PASSAGES) response.write(`event: source\ndata: ${JSON.stringify(passage)}\n\n`)
  const upstream = await fetch(url, { method: 'POST', headers, body: requestBody() })
  const decoder = new TextDecoder()
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return
      const chunk = JSON.parse(data) as { choices: { delta: { content?: string } }[] }
      const delta = chunk.choices[0]?.delta.content
      if (delta) response.write(`event: token\ndata: ${JSON.stringify({ delta })}\n\n`)
    },
  })
  for await (const bytes of upstream.body ?? []) parser.feed(decoder.decode(bytes, { stream: true }))
  response.end('event: done\ndata: {}\n\n')
})
