/** The best of many hits, found without sorting all of them. */
export interface TopHits<Hit> {
  /** The lowest score that a further hit can have. */
  readonly lowestScore: number
  /** Returns true if the hit is among the best so far. */
  takes(hit: Hit): boolean
  /** Adds a hit that {@link takes} has accepted. */
  add(hit: Hit): void
  /** Returns the best hits, the best first. */
  toSorted(): Hit[]
}

/**
 * Collects the best hits.
 *
 * @param limit - maximum number of hits, at least 1; `Infinity` for all
 * @param order - orders two hits with the same score, as a function for `sort`
 */
export function createTopHits<Hit extends { readonly score: number }>(
  limit: number,
  order: (a: Hit, b: Hit) => number,
): TopHits<Hit> {
  // A heap with the worst hit at its root, as soon as it is full.
  const heap: Hit[] = []
  const compare = (a: Hit, b: Hit) => b.score - a.score || order(a, b)

  function replaceWorst(hit: Hit): void {
    let at = 0
    for (;;) {
      const child = worseChild(at)
      const below = heap[child]
      if (below === undefined || compare(below, hit) <= 0) break
      heap[at] = below
      at = child
    }
    heap[at] = hit
  }

  function worseChild(at: number): number {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    return left !== undefined && right !== undefined && compare(right, left) > 0 ? 2 * at + 2 : 2 * at + 1
  }

  return {
    get lowestScore() {
      return heap.length < limit ? -Infinity : (heap[0]?.score ?? -Infinity)
    },
    takes(hit) {
      const [worst] = heap
      return heap.length < limit || (worst !== undefined && compare(hit, worst) < 0)
    },
    add(hit) {
      if (heap.length >= limit) replaceWorst(hit)
      else {
        heap.push(hit)
        // An array from worst to best is a heap.
        if (heap.length === limit) heap.sort((a, b) => compare(b, a))
      }
    },
    toSorted: () => heap.toSorted(compare),
  }
}
