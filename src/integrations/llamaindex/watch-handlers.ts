import { isRecord } from '../../core/options/plain-object.ts'

/** The handlers of a workflow that are running. */
export interface HandlerWatch {
  /** Fires the `signal` of each handler. */
  abort(reason: unknown): void
}

// Internals of @llamaindex/workflow-core, which its own middleware uses, too.
interface HandlerContext {
  /** The promise of an asynchronous handler. */
  readonly pending?: PromiseLike<unknown> | null
  /** The controller of the handler's signal. */
  readonly abortController?: AbortController
  /** The context of the whole workflow. */
  readonly root?: HandlerContext
}

type OnHandler = (handler: HandlerContext, next: (handler: HandlerContext) => void) => void

/**
 * Watches the handlers of a workflow context. LlamaIndex does not report the error of a handler: the stream never ends,
 * and a rejection ends the process as unhandled. `onFailure` gets it here, and the rejection is handled. A context without
 * the hook of `@llamaindex/workflow-core` is not watched.
 */
export function watchHandlers(context: object, onFailure: (reason: unknown) => void): HandlerWatch {
  const running = new Set<HandlerContext>()
  const hook: unknown = Reflect.get(context, '__internal__call_context')
  if (!isRecord(hook) || typeof hook['subscribe'] !== 'function') return { abort: () => {} }
  const onHandler: OnHandler = (handler, next) => {
    running.add(handler)
    next(handler)
    const ended = (): unknown => running.delete(handler)
    if (handler.pending) {
      handler.pending.then(ended, (reason: unknown) => {
        ended()
        onFailure(reason)
      })
      return
    }
    ended()
    // A handler that throws at once has fired its own signal with the error, or the one of the workflow.
    const signals = [handler, handler.root].map((context) => context?.abortController?.signal)
    const fired = signals.find((signal) => signal?.aborted)
    if (fired) onFailure(fired.reason)
  }
  Reflect.apply(hook['subscribe'], hook, [onHandler])
  return {
    abort(reason) {
      for (const handler of running) handler.abortController?.abort(reason)
    },
  }
}
