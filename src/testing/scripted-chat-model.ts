import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import type { ChatModel, ChatModelEvent, ChatModelRequest } from '../core/vocabulary/chat-model.ts'
import { booleanOption } from '../core/options/options-with-defaults.ts'
import { passBarrier, type Barrier } from './gate.ts'
import { hang, type Hang } from './hang.ts'

/** One step of a {@link Script}. */
export type ScriptStep =
  /** A piece of text. */
  | string
  | ChatModelEvent
  /** Throws this error. */
  | { readonly error: unknown }
  /** Waits for a promise or at a gate. */
  | { readonly gate: Barrier }
  /** Sends nothing more. */
  | { readonly hang: Hang }

/**
 * The output of a scripted model. Every call runs the steps of the list again. A function creates the steps of each
 * call, with `attempt` from 1; they may be endless.
 */
export type Script = readonly ScriptStep[] | ((request: ChatModelRequest, attempt: number) => Iterable<ScriptStep>)

/** The end of a call of a scripted model: script completed, error thrown, aborted, or returned by its consumer. */
export type ScriptedCallEnd = 'finished' | 'failed' | 'aborted' | 'returned'

/** One call of a scripted model, recorded at its first `next()`. */
export interface ScriptedCall {
  /** The request. */
  readonly request: ChatModelRequest
  /** The signal. */
  readonly signal: AbortSignal
  /** Undefined while the call is running. */
  readonly end: ScriptedCallEnd | undefined
  /** Resolves when the call has ended; an abort ends it at once. */
  readonly ended: Promise<ScriptedCallEnd>
}

/** Options of {@link scriptedChatModel}. */
export interface ScriptedChatModelOptions {
  /** True if the model ignores its signal. @defaultValue false */
  readonly deaf?: boolean | undefined
}

/** A {@link ChatModel} that runs a script and records its calls. */
export interface ScriptedChatModel extends ChatModel {
  /** All calls so far, in order. */
  readonly calls: readonly ScriptedCall[]
}

const OPTIONS: OptionNames<ScriptedChatModelOptions> = { deaf: true }

/**
 * Creates a model that runs a script. It adds nothing: a script without a finish step ends without one, like an
 * interrupted upstream.
 *
 * @example
 * ```ts
 * import { scriptedChatModel } from 'ragwire/testing'
 * const model = scriptedChatModel(['Hello', ' world', { type: 'finish', finishReason: 'stop' }])
 * const flaky = scriptedChatModel((_request, attempt) =>
 *   attempt === 1 ? [{ error: new Error('down') }] : ['Back', { type: 'finish' }],
 * )
 * ```
 */
export function scriptedChatModel(script: Script, options: ScriptedChatModelOptions = {}): ScriptedChatModel {
  expectOptions(options, OPTIONS, { of: 'scriptedChatModel' })
  const deaf = booleanOption('deaf', options.deaf, false)
  const calls: ScriptedCall[] = []

  async function* play(request: ChatModelRequest, signal: AbortSignal): AsyncGenerator<ChatModelEvent, void, void> {
    const heard = deaf ? undefined : signal
    heard?.throwIfAborted()
    const { call, end } = openCall(request, signal)
    calls.push(call)
    const onAbort = () => end('aborted')
    heard?.addEventListener('abort', onAbort)
    try {
      const steps = typeof script === 'function' ? script(request, calls.length) : script
      for (const step of steps) {
        heard?.throwIfAborted()
        const event = await perform(step, { signal, heard })
        if (event) yield event
      }
      end('finished')
    } catch (error) {
      end('failed')
      throw error
    } finally {
      heard?.removeEventListener('abort', onAbort)
      end('returned')
    }
  }

  return { calls, stream: (request, { signal }) => play(request, signal) }
}

/** Runs one step; returns the event to yield, if there is one. */
async function perform(
  step: ScriptStep,
  options: { readonly signal: AbortSignal; readonly heard: AbortSignal | undefined },
): Promise<ChatModelEvent | undefined> {
  const { signal, heard } = options
  if (typeof step === 'string') return { type: 'text', delta: step }
  if ('type' in step) return step
  if ('error' in step) throw step.error
  if ('gate' in step) await passBarrier(step.gate, { signal: heard })
  else await hang(heard ? step.hang : 'deaf', { signal })
  return undefined
}

function openCall(request: ChatModelRequest, signal: AbortSignal) {
  let ending: ScriptedCallEnd | undefined
  const { promise: ended, resolve } = Promise.withResolvers<ScriptedCallEnd>()
  const call: ScriptedCall = {
    request,
    signal,
    get end() {
      return ending
    },
    ended,
  }
  /** Only the first cause counts; later ones are consequences. */
  const end = (how: ScriptedCallEnd) => {
    ending ??= how
    resolve(ending)
  }
  return { call, end }
}
