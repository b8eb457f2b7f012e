import { ChatError } from '../../../src/index.ts'
import {
  createGate,
  scriptedChatModel,
  type Gate,
  type ScriptedChatModel,
  type ScriptStep,
} from '../../../src/testing.ts'
import type { ChatModelRequest } from '../../../src/index.ts'

/** The texts of the two sources. */
export const SOURCE_TEXTS = ['Cats sleep 16 hours a day.', 'Dogs sleep 12 hours a day.'] as const

/** The chunks that are found: the first has a URL, the second has none. */
export const CHUNKS = [
  {
    chunk: {
      chunkId: 'cats-1',
      documentId: 'cats',
      title: 'Cats',
      url: 'https://pets.example/cats',
      text: SOURCE_TEXTS[0],
    },
    score: 0.9,
  },
  { chunk: { chunkId: 'dogs-1', documentId: 'dogs', title: 'Dogs', text: SOURCE_TEXTS[1] }, score: 0.8 },
] as const

/** The pieces of the answer. A marker and a pair of surrogates are cut. */
const DELTAS = ['Cats sleep ', '16 hours a day [', '1]. ', '猫 😺', ' Dogs sleep 12 hours', ' a day [2].'] as const

/** The complete answer. */
export const ANSWER_TEXT = DELTAS.join('')

/** The part of the answer that is sent before a model waits or fails. */
export const FIRST_TEXT = DELTAS[0]

/** The part of the answer with the first citation. */
export const CITED_TEXT = DELTAS.slice(0, 4).join('')

/** The parts that a model can play. */
export type Part = 'answer' | 'wait' | 'wait-later' | 'fail-first' | 'fail-later' | 'no-evidence'

const PREFIXES: Readonly<Record<Part, string>> = {
  answer: '',
  wait: 'Wait: ',
  'wait-later': 'Wait later: ',
  'fail-first': 'Fail first: ',
  'fail-later': 'Fail later: ',
  'no-evidence': 'Nothing: ',
}

/**
 * Returns the question after which the model plays a part: `answer` answers with two citations, `wait` sends
 * {@link FIRST_TEXT} and waits until it is released or aborted, `wait-later` does so after {@link CITED_TEXT}, `fail-first` fails before the first token, `fail-later`
 * after {@link FIRST_TEXT}, and `no-evidence` finds no sources, so that the model is not asked.
 */
export function ask(part: Part = 'answer'): string {
  return `${PREFIXES[part]}How long do cats and dogs sleep?`
}

/** The text of the failures, which must never reach a client. */
export const SECRET = 'sk-secret at /srv/app'

/** Creates the model, and the gate at which its answers wait. */
export function playedModel(): { readonly model: ScriptedChatModel; readonly gate: Gate } {
  const gate = createGate()
  return { model: scriptedChatModel((request) => stepsOf(request, gate)), gate }
}

function stepsOf(request: ChatModelRequest, gate: Gate): readonly ScriptStep[] {
  const question = request.messages.findLast(({ role }) => role === 'user')?.content ?? ''
  const [first, ...others] = DELTAS
  if (question.includes(PREFIXES['fail-first'])) return [FAILURE]
  if (question.includes(PREFIXES['fail-later'])) return [first, FAILURE]
  if (question.includes(PREFIXES['wait-later'])) return [...DELTAS.slice(0, 4), { gate }, ...DELTAS.slice(4), FINISH]
  const rest = [...others, FINISH]
  return question.includes(PREFIXES.wait) ? [first, { gate }, ...rest] : [first, ...rest]
}

const FINISH: ScriptStep = { type: 'finish', finishReason: 'stop' }

const FAILURE: ScriptStep = {
  error: new ChatError(SECRET, { code: 'upstream-unavailable', cause: new Error(SECRET) }),
}
