import { openaiResponses, type OpenAIResponsesOptions } from '../../../../src/openai-responses.ts'
import { CANARY, openBench, type Ask, type BenchOptions } from '../../../http/support/bench.ts'
import { expect } from 'vitest'

/** A handler that speaks the Responses API. Every response is checked for leaked secrets. */
export function openResponses(options?: OpenAIResponsesOptions, bench?: BenchOptions) {
  const opened = openBench({ dialects: [openaiResponses(options)], ...bench })
  async function send(method: string, path: string, ask: Ask = {}) {
    const { response } = await opened.open(method, path, ask)
    const text = await response.text()
    expect(text).not.toContain(CANARY)
    return {
      status: response.status,
      text,
      get json() {
        return JSON.parse(text) as Record<string, unknown>
      },
    }
  }
  return { ...opened, send }
}
