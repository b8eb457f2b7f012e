import OpenAI from 'openai'
import { collectChat, modelCondenser, streamChat, type ChatModel, type Message } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { openaiChatModel } from 'ragwire/openai'
import type { ConversationQuestion } from './mtrag.ts'
import type { Row } from './report.ts'

/** The model from `OPENAI_API_KEY` or `OPENAI_BASE_URL`, and `OPENAI_MODEL`; undefined when neither is set. */
export function modelOf({ OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL }: NodeJS.ProcessEnv): ChatModel | undefined {
  if (!OPENAI_API_KEY && !OPENAI_BASE_URL) return undefined
  const client = new OpenAI({ apiKey: OPENAI_API_KEY || 'none', ...(OPENAI_BASE_URL && { baseURL: OPENAI_BASE_URL }) })
  return openaiChatModel({ client, model: OPENAI_MODEL || 'gpt-5-mini' })
}

/** Measures the similarity of condensed follow-ups and of the original follow-ups to the rewrites of a person. */
export async function evaluateCondensing(
  questions: readonly ConversationQuestion[],
  model: ChatModel,
): Promise<readonly Row[]> {
  const followUps = questions.filter(({ earlier }) => earlier.length > 0)
  let value = 0
  let baseline = 0
  for (const followUp of followUps) {
    value += tokenF1(await condense(followUp, model), followUp.rewrite)
    baseline += tokenF1(followUp.question, followUp.rewrite)
  }
  const measure = `condensed follow-ups: token F1 against a person's (${followUps.length})`
  return [{ measure, value: value / followUps.length, baseline: baseline / followUps.length }]
}

// The retriever does not matter here, and the data contain no answers.
const retriever = localRetriever([])
const answerModel = extractiveChatModel({ wordsPerSecond: Infinity })
const LEFT_OUT = '(The answer is left out.)'

async function condense({ earlier, question }: ConversationQuestion, model: ChatModel): Promise<string> {
  const history = earlier.flatMap((content): Message[] => [
    { role: 'user', content },
    { role: 'assistant', content: LEFT_OUT },
  ])
  const condenser = modelCondenser({ model })
  const { query } = await collectChat(streamChat({ question, history, condenser, retriever, model: answerModel }))
  return query?.query ?? question
}

/** The harmonic mean of precision and recall of the words, including repetitions (Rajpurkar et al. 2016). */
function tokenF1(text: string, expected: string): number {
  const words = wordsOf(text)
  const left = wordsOf(expected)
  const total = words.length + left.length
  let shared = 0
  for (const word of words) {
    const at = left.indexOf(word)
    if (at < 0) continue
    left.splice(at, 1)
    shared += 1
  }
  return total === 0 ? 1 : (2 * shared) / total
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

function wordsOf(text: string): string[] {
  return Array.from(segmenter.segment(text.toLowerCase())).flatMap(({ segment, isWordLike }) =>
    isWordLike ? segment : [],
  )
}
