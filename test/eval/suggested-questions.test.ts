import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { collectChat, streamChat } from '../../src/index.ts'
import { extractiveChatModel } from '../../src/knowledge/local/extractive-chat-model.ts'
import { indexProject } from './first-questions.ts'

/** A fragment of a right answer to each question that the page of the demo suggests. */
const SAYS: Readonly<Record<string, string>> = {
  'How do I stop an answer?': 'with the stop button of a page',
  'Which failures are retried?': 'A failure before the first word is retried',
  'What happens to a slow reader?': 'A sink waits for its reader',
  '出错时读者会看到什么？': '读者只会看到与代码对应的一句固定说明',
}

it('B21: the questions that the demo suggests get right answers', async () => {
  const file = new URL('../../examples/demo/ragwire.config.json', import.meta.url)
  const { questions } = JSON.parse(readFileSync(file, 'utf8')) as { readonly questions: readonly string[] }
  expect(Object.keys(SAYS)).toEqual(questions)
  const retriever = (await indexProject()).retriever()
  for (const question of questions) {
    const model = extractiveChatModel({ wordsPerSecond: Infinity })
    const { answer } = await collectChat(streamChat({ question, retriever, model }))
    expect(answer).toContain(SAYS[question])
  }
})
