import { compatibleProvider, providerOverNodeFetch } from './support/compatible-provider.ts'
import { providerSuite } from './support/provider-suite.ts'

providerSuite(compatibleProvider)
providerSuite(providerOverNodeFetch)
