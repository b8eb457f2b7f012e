import { describePage } from './support/describe-page.ts'
import { prepareWithModel, startScript } from './support/start-example.ts'

describePage('examples/vanilla', async () => startScript(await prepareWithModel('vanilla', 'server.js'), 'start'))
