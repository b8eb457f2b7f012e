import { ignoreRejection } from '../core/async/iterators.ts'
import { describeValue } from '../core/options/expect-options.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { DialectEncoder, DialectStream, Encoding } from './encoding.ts'

/**
 * Opens the encoder of a dialect. It never throws, because a stream that has begun needs an end: if `open` fails, each
 * call of the encoder throws that error. The encoder throws a TypeError if the dialect returns anything but a string.
 */
export function openEncoder(dialect: Encoding, stream: DialectStream): DialectEncoder {
  const encode = tryToOpen(dialect, stream)
  return (event) => {
    const text: unknown = encode(event)
    if (typeof text === 'string') return text
    throw refuseResult(text, `The encoder of the dialect ${dialect.name} must return a string`)
  }
}

function tryToOpen(dialect: Encoding, stream: DialectStream): (event: ChatEvent) => unknown {
  try {
    const encode: unknown = dialect.open(stream)
    if (typeof encode === 'function') return encode as DialectEncoder
    throw refuseResult(encode, `open of the dialect ${dialect.name} must return a function`)
  } catch (thrown) {
    return () => {
      throw thrown
    }
  }
}

function refuseResult(value: unknown, must: string): TypeError {
  // A promise may reject later, which would end the process.
  if (value instanceof Promise) ignoreRejection(value)
  return new TypeError(`${must}, and it is ${describeValue(value)}`)
}
