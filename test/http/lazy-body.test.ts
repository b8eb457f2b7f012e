import { describe, expect, it } from 'vitest'
import { createByteReader, type ByteReader } from '../../src/core/async/byte-reader.ts'
import { lazyBody } from '../../src/http/lazy-body.ts'

function setUp() {
  let opened = 0
  async function* bytes() {
    yield new TextEncoder().encode('one')
    yield new TextEncoder().encode('two')
  }
  const source: ByteReader = createByteReader(bytes())
  const body = lazyBody(() => {
    opened += 1
    return source
  })
  const request = new Request('http://localhost/', { method: 'POST', body, duplex: 'half' } as RequestInit)
  return { source, body, request, opened: () => opened }
}

describe('lazyBody', () => {
  it('opens its reader at the first read, and is read like any body', async () => {
    const { request, opened } = setUp()
    expect(opened()).toBe(0)
    expect(await request.text()).toBe('onetwo')
    expect(opened()).toBe(1)
  })

  it('passes its reader on, and then counts as used', async () => {
    const { request, body, source, opened } = setUp()
    expect(createByteReader(body)).toBe(source)
    expect(opened()).toBe(1)
    expect(request.bodyUsed).toBe(true)
    // A hook that reads a body after it was read must fail, and not see an empty one.
    expect(() => request.body?.getReader()).toThrow(TypeError)
    await expect(request.text()).rejects.toThrow(TypeError)
    expect((await source.read()).value).toEqual(new TextEncoder().encode('one'))
  })

  it('does not pass its reader on after a first read', async () => {
    const { body, source } = setUp()
    const reader = body.getReader()
    await reader.read()
    reader.releaseLock()
    const other = createByteReader(body)
    expect(other).not.toBe(source)
    expect((await other.read()).value).toEqual(new TextEncoder().encode('two'))
  })

  it('cannot be taken while it has a reader', () => {
    const { body, opened } = setUp()
    body.getReader()
    expect(() => createByteReader(body)).toThrow(TypeError)
    expect(opened()).toBe(0)
  })
})
