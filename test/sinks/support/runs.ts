import { streamChat, type ChatEvent, type ChatResult, type RetrieveAndAnswerOptions } from '../../../src/index.ts'
import type { ChatRequest } from '../../../src/server.ts'
import { fakeRetriever } from '../../../src/testing.ts'

/** The runs of a server, and the reports to their observers. */
export interface Runs {
  /** Makes the stream of a run. No signal is wired. */
  answer(request: ChatRequest): AsyncIterable<ChatEvent>
  /** How many runs have begun. */
  readonly started: number
  /** How each run ended, in the order of their ends. */
  readonly results: readonly ChatResult[]
}

/** The options of a run, except those from the request and the observers. */
export type RunOptions = Pick<RetrieveAndAnswerOptions, 'model'> &
  Partial<Omit<RetrieveAndAnswerOptions, 'question' | 'onFinish' | 'onEvent'>>

/** Answers requests from one source; the options may depend on the question. */
export function createRuns(options: RunOptions | ((question: string) => RunOptions)): Runs {
  const results: ChatResult[] = []
  const retriever = fakeRetriever(['It is so.'])
  let started = 0
  return {
    answer: (request) =>
      streamChat({
        retriever,
        ...(typeof options === 'function' ? options(request.question) : options),
        ...request,
        onEvent: ({ type }) => {
          if (type === 'start') started += 1
        },
        onFinish: (result) => results.push(result),
      }),
    get started() {
      return started
    },
    results,
  }
}
