import { createServer, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { describe, expect, it } from 'vitest'
import { sendToNode, toNodeHandler, type SendOptions } from '../../src/node.ts'
import { toResponse } from '../../src/web.ts'
import { eventsSaying } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { collect } from '../support/bytes.ts'
import { fakeResponse } from './support/fake-response.ts'
import { openConnection } from './support/clients.ts'
import { run } from './support/servers.ts'

const PRESETS = [
  ['200, which Node presets', 200, {}, 200],
  ['404, which Koa presets', 404, {}, 200],
  ['201, which NestJS presets for a POST', 201, {}, 200],
  ['202, which the application has set', 202, {}, 202],
  ['206, which the application has set', 206, {}, 206],
  ['404, and asked for 404', 404, { status: 404 }, 404],
  ['404, and asked for 201', 404, { status: 201 }, 201],
  ['202, and asked for 200', 202, { status: 200 }, 200],
] as const satisfies readonly (readonly [string, number, SendOptions, number])[]

describe.each([
  ['node:http', false],
  ['node:http2', true],
])('sendToNode over %s', (_name, http2) => {
  it.each(PRESETS)(
    'A19, D3: sends the right status on a response of status %s',
    async (_case, preset, options, status) => {
      const answer = (response: Pick<ServerResponse, 'statusCode'>) => {
        response.statusCode = preset
        return sendToNode(say(), response as ServerResponse, options)
      }
      const listener = http2
        ? createHttp2Server((_request, response) => void answer(response))
        : createServer((_request, response) => void answer(response))
      await using server = await run(listener, { outcomes: [] })
      await using connection = openConnection({ http2 }, server)
      const { status: received, body } = await connection.send()
      expect(received).toBe(status)
      expect((await collect(body)).join('')).toContain('event: done')
    },
  )
})

describe('sendToNode', () => {
  it('A19: resets the status message of a status that it replaces', async () => {
    const listener = createServer((_request, response) => {
      response.statusCode = 404
      response.statusMessage = 'Not Found'
      void sendToNode(say(), response)
    })
    await using server = await run(listener, { outcomes: [] })
    const { status, statusText } = await fetch(`http://127.0.0.1:${server.port}`)
    expect([status, statusText]).toEqual([200, 'OK'])
  })

  it.each([0, 99, 101, 204, 205, 304, 600, 200.5, NaN, '200'])('A19: rejects the status %j', async (status) => {
    const source = drivenStream()
    // A JavaScript caller may pass any value.
    const sending = sendToNode(source, fakeResponse(), { status } as SendOptions)
    await expect(sending).rejects.toThrow(expect.objectContaining({ code: 'invalid-input', field: 'status' }))
    expect(source.reads).toBe(0)
  })
})

describe('toNodeHandler', () => {
  it.each([200, 201, 404])('A19: sends a stream with the status %d of the Response', async (status) => {
    const handler = async () => toResponse(say(), { status })
    await using server = await run(createServer(toNodeHandler(handler)), { outcomes: [] })
    expect((await fetch(`http://127.0.0.1:${server.port}`)).status).toBe(status)
  })
})

function say() {
  const source = drivenStream()
  for (const event of eventsSaying(['Hello'])) source.push(event)
  return source
}
