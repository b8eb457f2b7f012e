import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { describePage } from '../../front-ends/support/describe-page.ts'
import { LINKED_PAGE } from '../../front-ends/support/page-parts.ts'
import { prepareExample } from '../../front-ends/support/prepare-example.ts'
import { prepareWithModel, startScript } from '../../front-ends/support/start-example.ts'
import { runProgram } from '../../support/run-program.ts'

// Its `node_modules` has the AI SDK.
const home = resolve(import.meta.dirname, '..')

it('examples/use-chat compiles with its own tsconfig.json', async () => {
  expect(await runProgram('tsc', ['-p', prepareExample('use-chat', { home })])).toBe('')
}, 120_000)

describePage(
  'examples/use-chat, below its dev server',
  async () => startScript(await prepareWithModel('use-chat', 'server.js', { home }), 'dev'),
  { ...LINKED_PAGE, again: 'button:has-text("Try again")' },
)
