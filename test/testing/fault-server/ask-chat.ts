import type { FaultServer } from '../../../src/testing.ts'

/** Posts a chat request to the server, as an OpenAI client does. */
export function askChat(
  server: FaultServer,
  options: { readonly body?: Record<string, unknown>; readonly signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${server.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'any', stream: true, messages: [], ...options.body }),
    ...(options.signal && { signal: options.signal }),
  })
}

/** The text of a body before it ended or broke, and the way in which it ended. */
export async function readBody(response: Response): Promise<{ readonly text: string; readonly failure?: unknown }> {
  let text = ''
  try {
    for await (const piece of piecesOf(response)) text += piece
    return { text }
  } catch (failure) {
    return { text, failure }
  }
}

/** The pieces of a body as text. */
export async function* piecesOf(response: Response): AsyncGenerator<string> {
  if (!response.body) return
  yield* response.body.pipeThrough(new TextDecoderStream())
}

/** The data of each SSE event in a body with LF as its line end. */
export function eventsOf(body: string): readonly string[] {
  return body
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: '))
    .map((frame) => frame.slice('data: '.length))
}

/** The joined text of the deltas of a well-formed body. */
export function contentOf(body: string): string {
  return eventsOf(body)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data).choices[0]?.delta.content ?? '')
    .join('')
}
