import { OpenAI } from '@posthog/ai/openai'
import { PostHog } from 'posthog-node'
import { wrappedClientSuite } from './support/wrapped-client-suite.ts'

let flush: () => Promise<unknown> = async () => {}

wrappedClientSuite({
  name: '@posthog/ai',
  wrap(baseURL, collectorUrl) {
    const posthog = new PostHog('key', { host: collectorUrl, flushAt: 1 })
    flush = () => posthog.shutdown()
    return new OpenAI({ apiKey: 'key', baseURL, posthog })
  },
  flush: () => flush(),
})
