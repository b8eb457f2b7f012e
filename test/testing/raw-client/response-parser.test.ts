import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createResponseParser, type RawResponseHead } from '../../../src/testing/raw-client/response-parser.ts'

const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n'

function parse(pieces: readonly string[], options: { readonly method?: string; readonly finished?: boolean } = {}) {
  let head: RawResponseHead | undefined
  let body = ''
  let completed = 0
  const parser = createResponseParser({
    method: options.method ?? 'GET',
    onHead: (parsed) => (head = parsed),
    onBody: (bytes) => (body += Buffer.from(bytes).toString('latin1')),
    onComplete: () => (completed += 1),
  })
  for (const piece of pieces) parser.push(Buffer.from(piece, 'latin1'))
  if (options.finished) parser.finish()
  return { status: head?.status, headers: head?.headers, body, completed }
}

describe('createResponseParser', () => {
  it('removes the chunk framing of a body, including extensions and trailers, for every cut', () => {
    const response = `${CHUNKED}5;name=value\r\nHello\r\nA\r\n wide\r\nwor\r\n0\r\nTrailer: yes\r\n\r\n`
    fc.assert(
      fc.property(fc.array(fc.nat(response.length)), (cuts) => {
        const points = [0, ...cuts.toSorted((a, b) => a - b), response.length]
        const pieces = points.slice(1).map((point, index) => response.slice(points[index], point))
        expect(parse(pieces)).toMatchObject({ status: 200, body: 'Hello wide\r\nwor', completed: 1 })
      }),
    )
  })

  it('is not complete before the last chunk has ended', () => {
    expect(parse([`${CHUNKED}5\r\nHello\r\n`], { finished: true })).toMatchObject({ body: 'Hello', completed: 0 })
    expect(parse([`${CHUNKED}5\r\nHello\r\n0\r\n`])).toMatchObject({ completed: 0 })
  })

  it('reads a body by its length', () => {
    const response = 'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nHello'
    expect(parse([response])).toMatchObject({ status: 404, body: 'Hello', completed: 1 })
    expect(parse([response.slice(0, -1)], { finished: true })).toMatchObject({ body: 'Hell', completed: 0 })
    expect(parse(['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'])).toMatchObject({ completed: 1 })
  })

  it('reads a body without a length to the end of the connection', () => {
    const response = 'HTTP/1.1 200 OK\r\n\r\nHello'
    expect(parse([response])).toMatchObject({ body: 'Hello', completed: 0 })
    expect(parse([response], { finished: true })).toMatchObject({ body: 'Hello', completed: 1 })
  })

  it('expects no body after HEAD, 204 and 304', () => {
    expect(parse([CHUNKED], { method: 'HEAD' })).toMatchObject({ completed: 1 })
    expect(parse(['HTTP/1.1 204 No Content\r\n\r\n'])).toMatchObject({ completed: 1 })
    expect(parse(['HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'])).toMatchObject({ completed: 1 })
  })

  it('skips interim responses and joins repeated fields', () => {
    const { status, headers } = parse([
      `HTTP/1.1 103 Early Hints\r\nX-A: 0\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\nX-a: 2\r\n\r\n`,
    ])
    expect([status, headers?.get('x-a')]).toEqual([200, '1, 2'])
  })

  it('rejects bytes that are not HTTP/1.1', () => {
    expect(() => parse(['SMTP ready\r\n\r\n'])).toThrow('Cannot read status line "SMTP ready"')
    expect(() => parse([`${CHUNKED}what\r\n`])).toThrow('Cannot read chunk size "what"')
  })
})
