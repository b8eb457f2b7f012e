import { expect, it } from 'vitest'
import { prepareExample } from '../front-ends/support/prepare-example.ts'
import { runProgram } from '../support/run-program.ts'

it('examples/copilotkit compiles with its own tsconfig.json', async () => {
  expect(await runProgram('tsc', ['-p', prepareExample('copilotkit', { home: import.meta.dirname })])).toBe('')
}, 120_000)
