import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openBench, toRequest } from './support/bench.ts'

const PATHS = ['/chat', '/runs', '/runs/a/events', '/runs/a/stop', '/threads', '/threads/a', '/openapi.json', '/']
const HEADERS = ['accept', 'content-type', 'last-event-id', 'content-length', 'x-user', 'cookie', 'origin']

const noise = fc.string({ unit: 'binary', maxLength: 40 })
const path = fc.oneof(
  fc.constantFrom(...PATHS),
  fc.webPath(),
  noise.map((text) => `/runs/${encodeLoosely(text)}/events?after=${encodeLoosely(text)}`),
  noise.map((text) => `/threads/${encodeLoosely(text)}?limit=${encodeLoosely(text)}&before=${encodeLoosely(text)}`),
  fc.constantFrom('/runs/%/events', '/threads/%E0%A4%A', '/threads/%00', '/runs/%0D%0A/stop'),
)
const field = fc.oneof(fc.string(), fc.anything(), fc.constantFrom('How long?', '__proto__', '.', '\0'))
const body = fc.oneof(
  noise,
  fc.json(),
  fc.uint8Array({ maxLength: 200 }),
  fc
    .record({ question: field, threadId: field, runId: field, replaces: field, filter: field }, { requiredKeys: [] })
    .map((value) => safeJson(value)),
)
const value = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 60 }),
  fc.constantFrom('application/json', 'text/event-stream', '*/*;q=0', '-1', '0', '99999999999999999999', ''),
)
const headers = fc.dictionary(fc.constantFrom(...HEADERS), value, { maxKeys: 4 })

describe('any request', () => {
  it('F48: gets a response below 500, and never a rejection', async () => {
    const bench = openBench({ scope: () => 'alice', store: { maxRunsPerScope: Infinity } })
    const method = fc.constantFrom('GET', 'POST', 'POST', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD')
    await fc.assert(
      fc.asyncProperty(method, path, headers, body, async (method, path, headers, body) => {
        const bodiless = method === 'GET' || method === 'HEAD'
        const ask = { headers, ...(!bodiless && { body }) }
        // Values that make no valid Request cannot be answered.
        if (!canBeRequested(method, path, ask)) return
        const { status } = await bench.send(method, path, ask)
        expect(status).toBeLessThan(500)
      }),
      { numRuns: 400 },
    )
    expect(bench.errors).toEqual([])
  })

  it('F48: gets such a response for any body that a framework has parsed', async () => {
    const bench = openBench({ store: { maxRunsPerScope: Infinity } })
    const headers = { 'content-type': 'application/json' }
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), fc.record({ question: field })), async (body) => {
        const { status } = await bench.send('POST', '/chat', { headers, context: { body } })
        expect(status).toBeLessThan(500)
      }),
      { numRuns: 200 },
    )
    expect(bench.errors).toEqual([])
  })

  it('makes every accepted thread reachable by its id', async () => {
    const bench = openBench()
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(id, fc.constantFrom('.', '..', '%2e', '...', '/', '\\', '?', '#')),
        async (threadId) => {
          const asked = await bench.ask({ question: 'How long?', threadId })
          const { status, text } = await bench.send('GET', `/threads/${encodeURIComponent(threadId)}`)
          expect([status, status === 200 && JSON.parse(text)]).toEqual(
            asked.status === 200 ? [200, expect.objectContaining({ threadId })] : [404, false],
          )
          if (asked.status !== 200) expect(asked.error.field).toBe('threadId')
        },
      ),
      { numRuns: 100 },
    )
  })
})

function encodeLoosely(text: string): string {
  return encodeURI(text.toWellFormed()).replaceAll(/[?#/]/gu, '')
}

function safeJson(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? 'null'
    )
  } catch {
    return '{}'
  }
}

function canBeRequested(...args: Parameters<typeof toRequest>): boolean {
  try {
    toRequest(...args)
    return true
  } catch {
    return false
  }
}
