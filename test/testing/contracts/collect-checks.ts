import type { ContractRunner } from '../../../src/testing.ts'

/** A test runner that collects the declared checks, and then returns the result of each. */
export function collectChecks() {
  const checks: { readonly name: string; readonly body: () => Promise<void> }[] = []
  const runner: ContractRunner = {
    describe: (_name, body) => body(),
    it: (name, body) => checks.push({ name, body }),
    timeLimitMs: 50,
  }
  /** The names of the checks that failed. */
  async function failures(): Promise<readonly string[]> {
    const failed: string[] = []
    for (const { name, body } of checks) await body().catch(() => failed.push(name))
    return failed
  }
  return { runner, failures }
}
