import { DONE, ignoreRejection } from '../../core/async/iterators.ts'
import { expectFunction } from '../../core/options/validate.ts'
import type { AiSdkStreamPart, AiSdkStreamResult } from './ai-sdk-model.ts'

/** Calls `doStream` of the model. */
export type OpenStream = (signal: AbortSignal) => PromiseLike<AiSdkStreamResult>

/** The parts of the stream of a model. The first read sends the request; `return()` cancels it in any state. */
export interface PartSource extends AsyncIterable<unknown, undefined> {
  /** Resolves with the next part. */
  read(): Promise<IteratorResult<unknown, undefined>>
  /** The content type of the response, if the provider reports it. */
  readonly contentType: string
}

/** Creates the source of one answer, without sending the request. */
export function createPartSource(open: OpenStream, signal: AbortSignal): PartSource {
  let reader: ReadableStreamDefaultReader<AiSdkStreamPart> | undefined
  let contentType = ''
  let cancelled = false

  async function openAndRead(): Promise<IteratorResult<unknown, undefined>> {
    const { stream, response } = await open(signal)
    expectFunction('the stream of model.doStream', stream?.getReader)
    contentType = String(response?.headers?.['content-type'] ?? '')
    reader = stream.getReader()
    // A provider that ignores its signal may open its stream after the abort.
    if (cancelled) cancel()
    return read()
  }

  async function read(): Promise<IteratorResult<unknown, undefined>> {
    if (!reader) return openAndRead()
    const { done, value } = await reader.read()
    return done ? DONE : { value, done }
  }

  function cancel(): void {
    cancelled = true
    ignoreRejection(reader?.cancel())
  }

  return {
    read,
    get contentType() {
      return contentType
    },
    [Symbol.asyncIterator]: () => ({
      next: read,
      return() {
        cancel()
        return Promise.resolve(DONE)
      },
    }),
  }
}
