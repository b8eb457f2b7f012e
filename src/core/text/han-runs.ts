/** The words of runs of Han characters that were split before. A run ends at any other character. */
export interface HanRuns {
  /** Returns the words of a run, if it was split before. */
  wordsOf(run: string): readonly string[] | undefined
  /** Keeps the words of a run. */
  keep(words: readonly string[]): void
}

// A source and the claims that cite it share most runs, which have some ten characters.
const MAX_RUNS = 10_000
const MAX_RUN_CHARS = 40

/** Creates an empty memory of runs. Its size is bounded. */
export function createHanRuns(): HanRuns {
  const runs = new Map<string, readonly string[]>()
  return {
    wordsOf: (run) => runs.get(run),
    keep(words) {
      const run = words.join('')
      if (run.length > MAX_RUN_CHARS) return
      if (runs.size >= MAX_RUNS) runs.clear()
      runs.set(run, words)
    },
  }
}
