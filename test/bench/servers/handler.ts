// The complete HTTP side of this library, as the README recommends it.
import { memoryHistoryStore } from 'ragwire'
import { toNodeHandler } from 'ragwire/node'
import { createChatHandler, createRunRegistry } from 'ragwire/server'
import { model, retriever } from './application.ts'
import { serve } from './serve.ts'

let users = 0

const handler = createChatHandler({
  retriever,
  model,
  history: memoryHistoryStore(),
  runs: createRunRegistry({ onDisconnect: { continueForMs: 30_000 } }),
  // Each question is of another user, because the runs of one are limited.
  scope: () => `user-${users++}`,
})

await serve(toNodeHandler(handler))
