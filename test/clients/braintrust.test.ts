import { flush, initLogger, wrapOpenAI } from 'braintrust'
import { OpenAI } from 'openai7'
import { wrappedClientSuite } from './support/wrapped-client-suite.ts'

wrappedClientSuite({
  name: 'braintrust',
  wrap(baseURL, collectorUrl) {
    initLogger({ projectName: 'tests', apiKey: 'key', appUrl: collectorUrl })
    return wrapOpenAI(new OpenAI({ apiKey: 'key', baseURL }))
  },
  flush,
})
