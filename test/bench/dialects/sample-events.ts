import { collect } from '../../support/bytes.ts'
import { streamChat, type ChatEvent } from 'ragwire'
import { fakeRetriever, scriptedChatModel } from 'ragwire/testing'

const SOURCES = ['Cats sleep 16 hours a day.', 'Dogs sleep 12 hours a day.']
const WORDS = [
  'Cats ',
  'sleep ',
  '16 ',
  'hours ',
  'a ',
  'day ',
  '[1]',
  '. ',
  'Dogs ',
  'sleep ',
  '12 ',
  'hours ',
  '[2]',
  '. ',
]

/** Returns the events of one answer with about this many pieces of text; two of 14 pieces are citations. */
export function sampleEvents(pieces: number): Promise<readonly ChatEvent[]> {
  const deltas = Array.from({ length: pieces }, (_, index) => WORDS[index % WORDS.length] ?? '')
  const stream = streamChat({
    question: 'How long do cats and dogs sleep?',
    retriever: fakeRetriever(SOURCES),
    model: scriptedChatModel([...deltas, { type: 'finish', finishReason: 'stop' }]),
  })
  return collect(stream)
}
