import { flush, init, instrumentOpenAiClient } from '@sentry/node'
import { OpenAI } from 'openai7'
import { wrappedClientSuite } from './support/wrapped-client-suite.ts'

wrappedClientSuite({
  name: '@sentry/node',
  wrap(baseURL, collectorUrl) {
    init({ dsn: `${collectorUrl.replace('//', '//key@')}/1`, tracesSampleRate: 1, defaultIntegrations: false })
    return instrumentOpenAiClient(new OpenAI({ apiKey: 'key', baseURL }), { recordOutputs: true })
  },
  flush,
})
