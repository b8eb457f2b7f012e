/** Returns true while an answer is running. */
export function isRunning({ status }: { readonly status: string }): boolean {
  return status === 'submitted' || status === 'streaming'
}
