import { expect, it } from 'vitest'
import type { RunningHost } from './host.ts'

const REFUSED: readonly (readonly [name: string, body: object])[] = [
  ['no question', { text: 'Why?' }],
  ['an empty question', { question: '' }],
  ['a question that is not a string', { question: 1 }],
  ['an unknown field', { question: 'Why?', topk: 3 }],
]

/** Tests that a custom route answers an error of `parseChatRequest` with a 400 and its message. */
export function testRefusals(app: () => RunningHost): void {
  it.concurrent.each(REFUSED)('D3: a route that calls parseChatRequest answers %s with status 400', async (_, body) => {
    const headers = { 'content-type': 'application/json' }
    const url = `http://127.0.0.1:${app().port}/ask`
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Cannot ')])
  })
}
