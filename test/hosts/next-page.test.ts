import { resolve } from 'node:path'
import { describePage } from '../front-ends/support/describe-page.ts'
import { REACT_PAGE } from '../front-ends/support/page-parts.ts'
import { prepareWithModel, runScript, startScript } from '../front-ends/support/start-example.ts'

const ROOT = resolve(import.meta.dirname, '../..')

// Files above the folder of the example belong to the tests.
const CONFIG = `export default { turbopack: { root: ${JSON.stringify(ROOT)} }, outputFileTracingRoot: ${JSON.stringify(ROOT)} }\n`

describePage(
  'examples/next, built',
  async () => {
    const folder = await prepareWithModel('next', 'app/api/[...path]/route.ts', {
      home: import.meta.dirname,
      files: { 'next.config.js': CONFIG },
    })
    await runScript(folder, 'build')
    return startScript(folder, 'start')
  },
  REACT_PAGE,
)
