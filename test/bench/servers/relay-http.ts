// The bare relay with `node:http` instead of `fetch`.
import { request } from 'node:http'
import { requestBody, upstreamUrl } from '../workload.ts'
import { beginAnswer, endAnswer, tokenWriter } from './frames.ts'
import { serve } from './serve.ts'

const url = `${upstreamUrl(Number(process.argv[2]))}/chat/completions`

await serve((_request, response) => {
  beginAnswer(response)
  const body = requestBody()
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const parser = tokenWriter(response)
  request(url, { method: 'POST', headers }, (upstream) => {
    upstream.setEncoding('utf8')
    upstream.on('data', (text: string) => parser.feed(text))
    upstream.on('end', () => endAnswer(response))
  }).end(body)
})
