// A route that leaves it to the host to tell that the client has left: by cancelling the body, or not at all.
import { streamChat } from 'ragwire'
import { parseChatRequest } from 'ragwire/server'
import { toResponse } from 'ragwire/web'
import { model, retriever } from './chat.ts'

export async function plain(request: Request): Promise<Response> {
  const question = parseChatRequest(await request.json())
  return toResponse(streamChat({ ...question, retriever, model }))
}
