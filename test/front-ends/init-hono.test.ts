import { describeInitApp } from './support/describe-init-app.ts'

describeInitApp({ template: 'hono', home: import.meta.dirname })
