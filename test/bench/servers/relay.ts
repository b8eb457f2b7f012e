// The bare relay: a hand-written loop without checks, stops or limits.
import { requestBody, upstreamUrl } from '../workload.ts'
import { beginAnswer, endAnswer, tokenWriter } from './frames.ts'
import { serve } from './serve.ts'

const url = `${upstreamUrl(Number(process.argv[2]))}/chat/completions`
const headers = { 'content-type': 'application/json' }

await serve(async (_request, response) => {
  beginAnswer(response)
  const upstream = await fetch(url, { method: 'POST', headers, body: requestBody() })
  const decoder = new TextDecoder()
  const parser = tokenWriter(response)
  for await (const bytes of upstream.body ?? []) parser.feed(decoder.decode(bytes, { stream: true }))
  endAnswer(response)
})
