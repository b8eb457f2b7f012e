import { pipeline, Transform, type Duplex, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'

// A server that names more is trying to use up memory.
const MOST_ENCODINGS = 5

/**
 * Returns the body of a response without its content encoding. Each chunk of the server is decoded at once, so that no
 * token waits for the next. A body in an unknown encoding is returned unchanged, as `fetch` does. An encoded body that is
 * cut is an error.
 */
export function decodeBody(response: Readable, headers: Headers): Readable {
  const encodings = encodingsOf(headers)
  // Node before 22.15 has no zstd.
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
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', createAnyInflate],
  ['br', () => createBrotliDecompress()],
  ['zstd', typeof createZstdDecompress === 'function' ? () => createZstdDecompress() : undefined],
])

const ZLIB_METHOD = 8

/** Decodes `deflate`: the zlib format, or the raw one, which some servers send under this name. */
function createAnyInflate(): Duplex {
  let inflate: ReturnType<typeof createInflate> | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!inflate) {
        inflate = ((chunk[0] ?? 0) & 0x0f) === ZLIB_METHOD ? createInflate() : createInflateRaw()
        inflate.on('data', (bytes) => this.push(bytes))
        inflate.on('error', (thrown) => this.destroy(thrown))
      }
      inflate.write(chunk, () => done())
    },
    flush(done) {
      inflate?.once('end', () => done())
      inflate?.end()
    },
    destroy(thrown, done) {
      inflate?.destroy()
      done(thrown)
    },
  })
}
