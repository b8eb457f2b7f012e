import { passBarrier } from './gate.ts'

/** The way in which a call hangs: until its signal aborts, or forever because it ignores its signal (`deaf`). */
export type Hang = 'until-abort' | 'deaf'

/** Never resolves. Rejects with the signal's reason when it aborts, unless deaf. */
export function hang(kind: Hang, options: { readonly signal: AbortSignal }): Promise<void> {
  const never = new Promise<never>(() => {})
  return passBarrier(never, kind === 'deaf' ? {} : options)
}
