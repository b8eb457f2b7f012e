/** Converts milliseconds to whole seconds, the unit of times in the APIs of OpenAI. */
export function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000)
}
