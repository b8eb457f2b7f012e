import { describeDev, describePage } from './support/describe-page.ts'
import { prepareExample } from './support/prepare-example.ts'
import { runScript } from './support/start-example.ts'
import { servePage } from './support/serve-page.ts'

describePage('examples/vue, built', async () => {
  const folder = prepareExample('vue')
  await runScript(folder, 'build')
  return servePage(`${folder}/dist`)
})
describeDev('vue')
