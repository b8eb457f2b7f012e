import { Duplex, pipeline, type Readable } from 'node:stream'
// Not by name: Node before 22.15 has no zstd, and a missing name would be an error of the import.
import * as zlib from 'node:zlib'

// A server that names more is trying to use up memory.
const MOST_ENCODINGS = 5

/**
 * Returns the body of a response without its content encoding. Each chunk of the server is decoded at once, so that no
 * token waits for the next. A body in an unknown encoding is returned unchanged, as `fetch` does. An encoded body that is
 * cut is an error.
 */
export function decodeBody(response: Readable, headers: Headers): Readable {
  const encodings = encodingsOf(headers)
  if (encodings.length === 0 || encodings.some((encoding) => DECODERS.get(encoding) === undefined)) return response
  // The last encoding was applied last.
  return encodings.toReversed().reduce<Readable>((body, encoding) => decodeWith(body, encoding), response)
}

function encodingsOf(headers: Headers): readonly string[] {
  // An empty body has no trailer of an encoding either.
  if (headers.get('content-length') === '0') return []
  const encodings = (headers.get('content-encoding') ?? '')
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity')
  if (encodings.length > MOST_ENCODINGS) throw new Error(`The server encoded its response ${encodings.length} times`)
  return encodings
}

function decodeWith(body: Readable, encoding: string): Readable {
  const decoder = DECODERS.get(encoding)?.()
  if (!decoder) return body
  // The reader of the decoder gets its errors.
  pipeline(body, decoder, () => {})
  return decoder
}

const DECODERS: ReadonlyMap<string, (() => Duplex) | undefined> = new Map([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  ['deflate', createAnyInflate],
  ['br', () => zlib.createBrotliDecompress()],
  ['zstd', 'createZstdDecompress' in zlib ? () => zlib.createZstdDecompress() : undefined],
])

const ZLIB_METHOD = 8

/** Decodes `deflate`: the zlib format, or the raw one, which some servers send under this name. */
function createAnyInflate(): Duplex {
  let inflate: Duplex | undefined

  function open([first = 0]: Uint8Array): Duplex {
    const opened = (first & 0x0f) === ZLIB_METHOD ? zlib.createInflate() : zlib.createInflateRaw()
    opened.on('data', (bytes: Uint8Array) => {
      if (!any.push(bytes)) opened.pause()
    })
    opened.once('end', () => any.push(null))
    opened.once('error', (thrown) => any.destroy(thrown))
    return opened
  }

  const any = new Duplex({
    write(chunk: Uint8Array, _encoding, done) {
      inflate ??= open(chunk)
      inflate.write(chunk, done)
    },
    final(done) {
      if (inflate) inflate.end()
      else any.push(null)
      done()
    },
    read: () => void inflate?.resume(),
    destroy(thrown, done) {
      inflate?.destroy()
      done(thrown)
    },
  })
  return any
}
