import { describePage } from './support/describe-page.ts'
import { prepareWithModel, startScript } from './support/start-example.ts'

describePage('examples/event-source', async () =>
  startScript(await prepareWithModel('event-source', 'server.js'), 'start'),
)
