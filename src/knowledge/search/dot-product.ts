/**
 * Returns the dot product of two vectors of one length, summed in float64. The order of the additions is fixed, so that
 * equal vectors have equal scores on every path of a search.
 */
export function dotProduct(a: Float32Array, b: Float32Array): number {
  const whole = a.length - (a.length % 4)
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  for (let at = 0; at < whole; at += 4) {
    first += (a[at] ?? 0) * (b[at] ?? 0)
    second += (a[at + 1] ?? 0) * (b[at + 1] ?? 0)
    third += (a[at + 2] ?? 0) * (b[at + 2] ?? 0)
    fourth += (a[at + 3] ?? 0) * (b[at + 3] ?? 0)
  }
  for (let at = whole; at < a.length; at++) first += (a[at] ?? 0) * (b[at] ?? 0)
  return first + second + (third + fourth)
}
