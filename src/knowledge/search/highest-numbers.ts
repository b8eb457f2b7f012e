/** Finds the k-th highest of the numbers that are added one by one. */
export interface HighestNumbers {
  /** The k-th highest number so far; `-Infinity` while there are fewer than k. */
  readonly lowest: number
  /** Adds a number. */
  add(number: number): void
}

/** Keeps the `k` highest numbers in a binary heap with the lowest at the root. */
export function createHighestNumbers(k: number): HighestNumbers {
  const heap: number[] = []
  return {
    get lowest() {
      return heap.length < k ? -Infinity : (heap[0] ?? Infinity)
    },
    add(number) {
      if (heap.length < k) {
        heap.push(number)
        if (heap.length === k) heap.sort((a, b) => a - b)
      } else if (number > (heap[0] ?? Infinity)) {
        heap[0] = number
        siftDown(heap)
      }
    },
  }
}

function siftDown(heap: number[]): void {
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const child = (heap[left + 1] ?? Infinity) < (heap[left] ?? Infinity) ? left + 1 : left
    const [parent = 0, lower = Infinity] = [heap[at], heap[child]]
    if (parent <= lower) return
    heap[at] = lower
    heap[child] = parent
    at = child
  }
}
