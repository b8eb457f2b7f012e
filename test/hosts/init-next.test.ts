import { resolve } from 'node:path'
import { describeInitApp } from '../front-ends/support/describe-init-app.ts'

const ROOT = resolve(import.meta.dirname, '../..')

// Files above the folder of the app belong to the tests. An app without these packages does not bundle them, either.
const CONFIG = `export default {
  turbopack: { root: ${JSON.stringify(ROOT)} },
  outputFileTracingRoot: ${JSON.stringify(ROOT)},
  serverExternalPackages: ['@mozilla/readability', 'linkedom', 'mammoth', 'unpdf'],
}
`

describeInitApp({ template: 'next', home: import.meta.dirname, files: { 'next.config.js': CONFIG } })
