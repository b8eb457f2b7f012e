import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

/** Ends the output with `N passed, N failed`. In CI, a skipped test fails the run. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state === 'pending' ? 'skipped' : state] += 1
      }
      // Failures outside a test: an import, a hook.
      counts.failed += module.errors().length
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
    }
    // The run can fail before any test does.
    if (reason === 'failed' && counts.failed === 0) counts.failed = 1
    const { passed, failed, skipped } = counts
    if (skipped > 0 && process.env['CI'] === 'true') process.exitCode = 1
    const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`
    process.on('exit', () => process.stdout.write(line))
  }
}
