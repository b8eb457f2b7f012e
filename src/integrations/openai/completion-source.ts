import { createDeadline } from '../../core/async/deadline.ts'
import { askToReturn } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { systemClock } from '../../core/async/clock.ts'
import { createByteReader } from '../../encoders/read-bytes.ts'
import { createBodyDecoder } from './body-decoder.ts'
import type { ChunkDecoder } from './chunk-decoder.ts'
import { createChunksDecoder } from './chunks-decoder.ts'
import type { Completion } from './open-completion.ts'
import type { ChunkMessage } from './openai-chunk.ts'
import { START_OF_BODY } from './openai-error.ts'

/** Makes the request, once it is read. */
export type OpenCompletion = (signal: AbortSignal) => Promise<Completion>

/** Options for reading a completion. */
export interface CompletionSourceOptions {
  readonly signal: AbortSignal
  readonly maxEventBytes: number
}

/** A piece of the response: bytes, or a parsed chunk. */
export interface Piece {
  readonly done: boolean
  readonly value?: unknown
}

/** The source of the chunks of one completion. The first read makes the request. */
export interface CompletionSource extends Omit<ChunkDecoder<unknown>, 'feed' | 'complete' | 'take'> {
  read(): Promise<Piece>
  /** The chunks that have become whole with a piece that was read. */
  accept(piece: Piece): readonly ChunkMessage[]
  /** Reads on, until enough of a page has come to tell what it is, or for a short time. */
  readStart(): Promise<void>
  /** True if the client has parsed the chunks, and throws errors of its own. */
  readonly isParsed: boolean
  /** Gives back a body that has said all that matters: its connection is used again, where the server ends it in time. */
  release(): void
  /** Gives up whatever the request has come to. */
  cancel(): void
}

// A server ends its response directly after the end of a completion, as a rule. One that goes on is cut off.
const LONGEST_REST_MS = 1_000
const MOST_REST_READS = 100

interface Reading {
  readonly decoder: ChunkDecoder<unknown>
  read(): Promise<Piece>
  cancel(): void
}

/** Prepares the reading of one completion. */
export function createCompletionSource(open: OpenCompletion, options: CompletionSourceOptions): CompletionSource {
  // A signal of this call alone: some versions of the client never take their listeners off again.
  const controller = new AbortController()
  let unlink = (): void => {}
  let reading: Reading | undefined
  let isParsed = false

  async function openAndRead(): Promise<Piece> {
    unlink = linkSignal(options.signal, (reason) => controller.abort(reason))
    const completion = await open(controller.signal)
    isParsed = completion.type === 'chunks'
    reading = startReading(completion, options)
    // A client that does not look at its signal answers a request that was given up already.
    if (controller.signal.aborted) reading.cancel()
    return reading.read()
  }

  function cancel(): void {
    unlink()
    reading?.cancel()
    controller.abort(new DOMException('The reader of the model has left', 'AbortError'))
  }

  /** Reads on while `wanted`, but neither for long nor much; resolves with whether it came to the end. */
  async function readRest(rest: Reading, take: (piece: Piece) => boolean): Promise<void> {
    const limit = createDeadline(cancel, systemClock)
    limit.set(LONGEST_REST_MS)
    try {
      for (let reads = 0; reads < MOST_REST_READS; reads++) if (!take(await rest.read())) return
      cancel()
    } catch {
      // What has come is enough, and a connection that breaks now is only not used again.
    } finally {
      limit.dispose()
    }
  }

  return {
    read: () => reading?.read() ?? openAndRead(),
    accept({ done, value }) {
      if (!reading) return []
      const { decoder } = reading
      if (value !== undefined) decoder.feed(value)
      if (done) decoder.complete()
      return decoder.take()
    },
    get failure() {
      return reading?.decoder.failure
    },
    get start() {
      return reading?.decoder.start
    },
    get isPage() {
      return reading?.decoder.isPage ?? false
    },
    get isParsed() {
      return isParsed
    },
    async readStart() {
      if (!reading) return
      const { decoder } = reading
      await readRest(reading, ({ done, value }) => {
        if (value !== undefined) decoder.feed(value)
        return !done && (decoder.start?.length ?? 0) < START_OF_BODY
      })
    },
    release() {
      unlink()
      if (reading) void readRest(reading, ({ done }) => !done)
    },
    cancel,
  }
}

function startReading(completion: Completion, options: CompletionSourceOptions): Reading {
  if (completion.type === 'bytes') {
    const { read, cancel } = createByteReader(completion.body)
    return { decoder: createBodyDecoder(options) as ChunkDecoder<unknown>, read, cancel }
  }
  const iterator = completion.chunks[Symbol.asyncIterator]()
  return {
    decoder: createChunksDecoder(),
    read: async () => {
      const { done = false, value } = await iterator.next()
      return done ? { done } : { done, value: value ?? null }
    },
    cancel() {
      completion.stop()
      askToReturn(iterator)
    },
  }
}
