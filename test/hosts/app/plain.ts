// A route without a signal: only the host can end it when the client leaves, by cancelling the body.
import { streamChat } from 'ragwire'
import { parseChatRequest } from 'ragwire/server'
import { toResponse } from 'ragwire/web'
import { model, retriever } from './chat.ts'

export async function plain(request: Request): Promise<Response> {
  const question = parseChatRequest(await request.json())
  return toResponse(streamChat({ ...question, retriever, model }))
}
