import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ChatModel } from '../../src/index.ts'
import { scriptedChatModel } from '../../src/testing.ts'

/** Makes a model whose text is longer than all buffers between it and a client, and which then hangs. */
export function floodingModel(): ReturnType<typeof scriptedChatModel> & ChatModel {
  return scriptedChatModel(function* () {
    for (let pieces = 0; pieces < 400; pieces += 1) {
      yield 'a'.repeat(65_536)
      yield { gate: nextTurn() }
    }
    yield { hang: 'until-abort' }
  })
}
