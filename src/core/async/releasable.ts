/** A function that can be released, with everything that it holds in memory. */
export interface Releasable<Input, Output> {
  /**
   * Calls the function.
   *
   * @throws TypeError after it was released
   */
  call(input: Input): Output
  /** Releases the function. A second release has no effect. */
  release(): void
}

/** Makes a function releasable, such as one that holds the prompt of an answer, which nobody needs once it is sent. */
export function releasable<Input, Output>(work: (input: Input) => Output): Releasable<Input, Output> {
  // The parameter itself is not used below, because closures would hold it.
  let held: typeof work | undefined = work
  return {
    call(input) {
      if (!held) throw new TypeError('Cannot call a function that was released')
      return held(input)
    },
    release() {
      held = undefined
    },
  }
}
