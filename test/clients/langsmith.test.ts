import { Client } from 'langsmith'
import { wrapOpenAI } from 'langsmith/wrappers'
import { OpenAI } from 'openai7'
import { wrappedClientSuite } from './support/wrapped-client-suite.ts'

let flush: () => Promise<unknown> = async () => {}

wrappedClientSuite({
  name: 'langsmith',
  wrap(baseURL, collectorUrl) {
    const client = new Client({ apiUrl: collectorUrl, apiKey: 'key' })
    flush = () => client.awaitPendingTraceBatches()
    return wrapOpenAI(new OpenAI({ apiKey: 'key', baseURL }), { client, tracingEnabled: true })
  },
  flush: () => flush(),
})
