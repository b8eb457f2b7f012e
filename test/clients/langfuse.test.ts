import { observeOpenAI } from '@langfuse/openai'
import { OpenAI } from 'openai7'
import { wrappedClientSuite } from './support/wrapped-client-suite.ts'

wrappedClientSuite({
  name: '@langfuse/openai',
  // It reports through OpenTelemetry; an application adds the exporter itself.
  wrap: (baseURL) => observeOpenAI(new OpenAI({ apiKey: 'key', baseURL })),
})
