/** Returns an SSE event with `value` as its JSON data. */
export function dataEvent(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}
