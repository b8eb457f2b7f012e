import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import type { FaultBehaviour, FaultExchange } from './behaviour.ts'
import { step } from './steps.ts'

/** Runs behaviours one after the other. A string stands for `step.text`. */
export function sequence(...parts: readonly (string | FaultBehaviour)[]): FaultBehaviour {
  const behaviours = parts.map((part) => (typeof part === 'string' ? step.text(part) : part))
  return async (exchange) => {
    for (const behave of behaviours) await behave(exchange)
  }
}

/** Uses one behaviour per request, in order; the last one serves all further requests. */
export function inTurn(...behaviours: readonly [FaultBehaviour, ...FaultBehaviour[]]): FaultBehaviour {
  let next = 0
  return (exchange) => {
    const behave = behaviours[Math.min(next, behaviours.length - 1)]
    next += 1
    return behave?.(exchange)
  }
}

/** The changes that {@link framed} makes to the bytes of a body. */
export interface FramedOptions {
  /** Replaces every line feed in text. @defaultValue `\n` */
  readonly lineEnd?: '\n' | '\r\n' | '\r' | undefined
  /** True if the body starts with a byte order mark. @defaultValue false */
  readonly bom?: boolean | undefined
  /**
   * Sizes in bytes of the HTTP chunks that the whole body is cut into, used in turn and repeatedly: `1` sends every
   * byte alone, `[7, Infinity]` cuts once. A piece is sent when it is full or the response ends, so a gate in the
   * behaviour may hold back the bytes before it.
   *
   * @defaultValue one chunk per write
   */
  readonly pieceBytes?: number | readonly number[] | undefined
}

const FRAMED_OPTIONS: OptionNames<FramedOptions> = { lineEnd: true, bom: true, pieceBytes: true }

/** Sends the output of `behave` with other line ends, with a byte order mark, or with other chunk sizes. */
export function framed(behave: FaultBehaviour, options: FramedOptions): FaultBehaviour {
  expectOptions(options, FRAMED_OPTIONS, { of: 'framed' })
  const { lineEnd = '\n', bom = false, pieceBytes } = options
  const sizes = pieceBytes === undefined ? [] : [pieceBytes].flat()
  for (const size of sizes) {
    if (typeof size === 'number' && size >= 1) continue
    const message = `Cannot cut a body into pieces of ${String(size)} bytes: use at least 1`
    throw invalidInput('pieceBytes', message, RangeError)
  }

  return async (exchange) => {
    let started = false
    const cutter = sizes.length > 0 ? cutInto(sizes, exchange.write) : undefined

    const write: FaultExchange['write'] = async (data) => {
      const text = typeof data === 'string' ? data.replaceAll('\n', lineEnd) : data
      const mark = bom && !started ? '\uFEFF' : ''
      started = true
      const bytes = Buffer.concat([Buffer.from(mark), Buffer.from(text)])
      await (cutter ? cutter.write(bytes) : exchange.write(bytes))
    }
    const flushedBefore = (close: () => Promise<void>) => async () => {
      await cutter?.flush()
      await close()
    }

    await behave({
      ...exchange,
      write,
      end: flushedBefore(exchange.end),
      cut: flushedBefore(exchange.cut),
      reset: flushedBefore(exchange.reset),
    })
    await cutter?.flush()
  }
}

/** Cuts a stream of bytes into pieces of the given sizes, used in turn, regardless of the writes. */
function cutInto(sizes: readonly number[], send: (piece: Uint8Array) => Promise<void>) {
  let pending = Buffer.alloc(0)
  let taken = 0
  const nextSize = () => sizes[taken % sizes.length] ?? Infinity

  return {
    async write(bytes: Uint8Array) {
      pending = Buffer.concat([pending, bytes])
      while (pending.length >= nextSize()) {
        const size = nextSize()
        taken += 1
        const piece = pending.subarray(0, size)
        pending = pending.subarray(size)
        await send(piece)
      }
    },
    async flush() {
      const rest = pending
      pending = Buffer.alloc(0)
      if (rest.length > 0) await send(rest)
    },
  }
}
