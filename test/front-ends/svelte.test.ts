import { describeDev, describePage } from './support/describe-page.ts'
import { prepareExample } from './support/prepare-example.ts'
import { runScript } from './support/start-example.ts'
import { servePage } from './support/serve-page.ts'

describePage('examples/svelte, built', async () => {
  const folder = prepareExample('svelte')
  await runScript(folder, 'build')
  return servePage(`${folder}/dist`)
})
describeDev('svelte')
