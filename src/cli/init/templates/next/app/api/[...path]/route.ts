import { openChat, type Chat } from '../../../server/chat.ts'

let chat: Promise<Chat> | undefined

// The first request opens the chat, because `next build` loads this file, too. After a failure, the next one tries again.
async function answer(request: Request): Promise<Response> {
  chat ??= openChat().catch((error) => {
    chat = undefined
    throw error
  })
  const { handler } = await chat
  return handler(request)
}

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT }
