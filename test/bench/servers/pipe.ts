// The byte pipe: the cost of the two connections alone.
import { request } from 'node:http'
import { PASSAGES, requestBody, upstreamUrl } from '../workload.ts'
import { serve } from './serve.ts'

const url = `${upstreamUrl(Number(process.argv[2]))}/chat/completions`

await serve((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const passage of PASSAGES) response.write(`event: source\ndata: ${JSON.stringify(passage)}\n\n`)
  const body = requestBody()
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  request(url, { method: 'POST', headers }, (upstream) => upstream.pipe(response)).end(body)
})
