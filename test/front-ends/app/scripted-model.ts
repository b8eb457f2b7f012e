// Takes the place of the model of an example. The first word of the question chooses what it does.
import { once } from 'node:events'
import type { ChatModel } from 'ragwire'

const ANSWER = 'Unused items can be returned within thirty days of delivery [1]. <img src=x onerror=alert(1)> '

const failed = new Set<string>()

export const model: ChatModel = {
  async *stream({ purpose, question }, { signal }) {
    // The whole of a rewritten question.
    const text = purpose === 'condense' ? question : ANSWER
    for (const delta of text.split(/(?<= )/u)) yield { type: 'text', delta }
    if (purpose === 'answer') {
      if (question.startsWith('Wait')) await once(signal, 'abort')
      if (question.startsWith('Fail') && !failed.has(question)) {
        failed.add(question)
        throw new Error('The model has failed')
      }
    }
    yield { type: 'finish', finishReason: 'stop' }
  },
}
