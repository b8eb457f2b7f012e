/** Returns the known name that is most similar to a wrong one; `undefined` if none is similar. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceOf(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1.99, Math.min(name.length, candidate.length) / 3))
    .toSorted((a, b) => a.distance - b.distance)
  return best?.candidate
}

/**
 * Returns the edit distance; 0 if only case or separators differ, and at most slightly above 1 if one name has all
 * words of the other.
 */
function distanceOf(name: string, candidate: string): number {
  const [words, others] = [wordsOf(name), wordsOf(candidate)]
  const [a, b] = [words.join(''), others.join('')]
  if (a === b) return 0
  const [fewer, more] = words.length < others.length ? [words, others] : [others, words]
  const edits = editDistance(a, b)
  const isPart = a.length > 2 && (b.startsWith(a) || fewer.every((word) => more.includes(word)))
  return isPart ? Math.min(edits, 1 + edits / 100) : edits
}

function wordsOf(name: string): readonly string[] {
  return (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/gu) ?? [name]).map((word) => word.toLowerCase())
}

/**
 * Returns the minimum number of letters to add, remove, change, or swap with a neighbour (optimal string alignment).
 */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Infinity
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost, swap))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
