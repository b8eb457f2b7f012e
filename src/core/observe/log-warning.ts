/** Prints one line to `console.error`, for a hook that the application has not set. */
export function logWarning(warning: string): void {
  console.error(`ragwire: ${warning}`)
}
