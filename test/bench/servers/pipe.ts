// The byte pipe: the cost of the two connections alone.
import { request } from 'node:http'
import { requestBody, upstreamUrl } from '../workload.ts'
import { beginAnswer } from './frames.ts'
import { serve } from './serve.ts'

const url = `${upstreamUrl(Number(process.argv[2]))}/chat/completions`

await serve((_request, response) => {
  beginAnswer(response)
  const body = requestBody()
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  request(url, { method: 'POST', headers }, (upstream) => upstream.pipe(response)).end(body)
})
