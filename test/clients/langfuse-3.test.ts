import { observeOpenAI } from 'langfuse'
// The type of its result is an intersection with the installed copy of the package: another major version makes it
// `never`.
import { OpenAI } from 'openai'
import { wrappedClientSuite } from './support/wrapped-client-suite.ts'

let flush: () => Promise<unknown> = async () => {}

wrappedClientSuite({
  name: 'langfuse 3',
  wrap(baseURL, collectorUrl) {
    const clientInitParams = { publicKey: 'public', secretKey: 'secret', baseUrl: collectorUrl }
    const client = observeOpenAI(new OpenAI({ apiKey: 'key', baseURL }), { clientInitParams })
    flush = () => client.flushAsync()
    return client
  },
  flush: () => flush(),
})
