import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import OpenAI from 'openai'
import { wrappedClientSuite } from './support/wrapped-client-suite.ts'

// Patches the class itself, once for the whole process.
new OpenAIInstrumentation().manuallyInstrument(OpenAI)

wrappedClientSuite({
  name: '@arizeai/openinference-instrumentation-openai',
  wrap: (baseURL) => new OpenAI({ apiKey: 'key', baseURL }),
})
