import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { manualClock } from '../../src/testing.ts'
import { START, token } from '../support/chat-events.ts'
import { eventually } from '../support/eventually.ts'
import { openWindowClient } from './support/window-client.ts'
import { SERVERS, type ChatServer, type ServerKind } from './support/servers.ts'

const KIB = 1_024

describe.each(SERVERS)('$name', (kind) => {
  it('C8: serves a reader that reads a long event slowly, and cuts its connection when it stops', async () => {
    // Hono prints the error that breaks a body.
    using _quiet = vi.spyOn(console, 'error').mockReturnValue()
    const clock = manualClock()
    const source = saying('a'.repeat(20_000 * KIB))
    await using server = await kind.start({ answer: () => source.events(), sink: { clock, keepAliveMs: Infinity } })
    using reader = openReader(kind, server)
    // Longer than the 30 s of stallMs, and never enough to empty the buffer before it.
    for (let seconds = 0; seconds < 90; seconds += 1) {
      await reader.take(128 * KIB)
      await clock.advance(1_000)
    }
    expect([source.returned, server.outcomes]).toEqual([false, []])
    await settle(server)
    await clock.advance(30_000)
    await eventually(() => expect(source.returned).toBe(true))
    if (kind.sendsToNode) expect(server.outcomes).toEqual(['too-slow'])
    expect(clock.pending).toBe(0)
  })
})

describe.each(SERVERS.filter(({ http2 }) => http2))('$name', (kind) => {
  it('C8: serves a reader of 2 kB/s with a window of 64 KB', async () => {
    const clock = manualClock()
    const source = saying('a'.repeat(KIB), 10_000)
    await using server = await kind.start({ answer: () => source.events(), sink: { clock, keepAliveMs: Infinity } })
    using reader = await openWindowClient(server)
    for (let seconds = 0; seconds < 120; seconds += 1) {
      await reader.take(2 * KIB)
      await clock.advance(1_000)
    }
    expect([source.returned, server.outcomes]).toEqual([false, []])
    await settle(server)
    await clock.advance(30_000)
    await eventually(() => expect(source.returned).toBe(true))
  })
})

/** Tokens as fast as they are read. */
function saying(text: string, times = 1) {
  let returned = false
  return {
    get returned() {
      return returned
    },
    async *events(): AsyncGenerator<ChatEvent> {
      try {
        yield START
        for (let seq = 1; seq <= times; seq += 1) yield token(text, { seq, at: 0 })
      } finally {
        returned = true
      }
    },
  }
}

/** Asks a question, and reads only the requested part of the answer. */
function openReader({ http2 }: Pick<ServerKind, 'http2'>, { port }: ChatServer) {
  const { stream, close } = http2 ? askOverHttp2(port) : askOverHttp(port)
  stream.on('error', () => {})
  return {
    async take(bytes: number) {
      for (let taken = 0; taken < bytes;) {
        const piece: Buffer | null = stream.read(Math.min(bytes - taken, stream.readableLength) || undefined)
        if (piece) taken += piece.length
        else await once(stream, 'readable')
      }
    },
    [Symbol.dispose]: close,
  }
}

const BODY = '{"question":"Why?"}'

function askOverHttp(port: number): { readonly stream: Readable; close(): void } {
  const stream = connect(port, '127.0.0.1')
  const head = ['POST /chat HTTP/1.1', 'host: a', 'content-type: application/json', `content-length: ${BODY.length}`]
  stream.write(`${head.join('\r\n')}\r\n\r\n${BODY}`)
  return { stream, close: () => void stream.destroy() }
}

function askOverHttp2(port: number): { readonly stream: Readable; close(): void } {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  const stream = session.request({ ':method': 'POST', ':path': '/chat', 'content-type': 'application/json' })
  stream.end(BODY)
  return { stream, close: () => session.destroy() }
}

/** Waits until the server can write no more. */
async function settle(server: ChatServer): Promise<void> {
  for (let before = -1; before !== server.bytesWritten;) {
    before = server.bytesWritten
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
}
