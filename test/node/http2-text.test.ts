import { once } from 'node:events'
import { connect, createServer, type ClientHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { sendToNode, toNodeReadable, type NodeResponse } from '../../src/node.ts'
import { eventsSaying } from '../support/chat-events.ts'

const STREAMS = 30
const ROUNDS = 3
// With many of these, the streams wait for the window of their connection.
const DELTAS = Array.from({ length: 80 }, (_, index) => `<${index}>${'é'.repeat(200)}`)

/** The events of a long answer, two in each turn of the event loop. */
async function* answer(): AsyncGenerator<ChatEvent, undefined> {
  for (const [index, event] of eventsSaying(DELTAS).entries()) {
    if (index % 2 === 1) await new Promise(setImmediate)
    yield event
  }
}

it.each([
  ['sendToNode', (response: NodeResponse) => sendToNode(answer(), response)],
  ['toNodeReadable', (response: NodeResponse) => pipeline(toNodeReadable(answer()), response as never)],
])('%s sends nothing but its text over HTTP/2 when many streams share a connection', async (_name, send) => {
  const server = createServer((_request, response) => void send(response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const whole = eventsSaying(DELTAS).length
  for (let round = 0; round < ROUNDS; round++) {
    const texts = await Promise.all(Array.from({ length: STREAMS }, () => read(session)))
    for (const text of texts) {
      const events = [...text.matchAll(/^data: (.*)$/gmu)].map(([, data = '']) => JSON.parse(data) as ChatEvent)
      expect(events).toHaveLength(whole)
      expect(text).not.toMatch(/\p{Cc}(?<![\n])/u)
    }
  }
  session.close()
  server.close()
})

async function read(session: ClientHttp2Session): Promise<string> {
  const stream = session.request({ ':path': '/' })
  const pieces: Buffer[] = []
  stream.on('data', (piece: Buffer) => pieces.push(piece))
  await once(stream, 'close')
  return Buffer.concat(pieces).toString()
}
