import { answerGreeting } from '../text/answer-greeting.ts'
import type { GreetingTable } from '../text/greeting-table.ts'
import type { Conversation } from './load-history.ts'

/** Returns the reply to a message that asks for nothing, such as "thanks"; `undefined` for a question. */
export function replyTo(question: string, greetings: GreetingTable, { turns }: Conversation): string | undefined {
  const questions = turns.map((turn) => turn.question)
  return answerGreeting(question, greetings, { questions, answer: turns.at(-1)?.answer })
}
