/** The options that a request of an OpenAI client gets during a call. */
export interface CallOptions {
  /** Aborts the request. */
  readonly signal: AbortSignal
  /** Present if the core retries the call, so that the client must not. */
  readonly maxRetries?: 0
}

interface Storage {
  /** Returns the options of the call that this code runs in. */
  getStore(): CallOptions | undefined
  /** Runs `work` with these options, and everything that it starts. */
  run<T>(options: CallOptions, work: () => T): T
}

// Loaded through `process`, if there is one, because a browser cannot resolve an import of a Node module.
const host = globalThis as {
  readonly process?: {
    readonly getBuiltinModule?: (id: string) => { readonly AsyncLocalStorage: new () => Storage } | undefined
  }
}

let storage: Storage | undefined

/**
 * Runs `work`, so that a client of `abortableSession` aborts its requests with `options.signal`. LlamaIndex passes no
 * signal on, so the signal goes around it.
 */
export function runWithSignal<T>(options: CallOptions, work: () => T): T {
  const opened = openStorage()
  return opened ? opened.run(options, work) : work()
}

/** Returns the options of the call that this code runs in. */
export function callOptions(): CallOptions | undefined {
  return openStorage()?.getStore()
}

/** Returns true if this runtime has `AsyncLocalStorage`, which carries the signal. */
export function hasCallSignal(): boolean {
  return openStorage() !== undefined
}

function openStorage(): Storage | undefined {
  if (storage) return storage
  const hooks = host.process?.getBuiltinModule?.('node:async_hooks')
  storage = hooks && new hooks.AsyncLocalStorage()
  return storage
}
