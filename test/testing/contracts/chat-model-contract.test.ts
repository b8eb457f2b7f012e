import { describe, expect, it } from 'vitest'
import { ChatError } from '../../../src/core/vocabulary/chat-error.ts'
import type { ChatModel, ChatModelEvent } from '../../../src/core/vocabulary/chat-model.ts'
import { chatModelContract, scriptedChatModel, type ChatModelSubject, type Script } from '../../../src/testing.ts'
import { collectChecks } from './collect-checks.ts'

const FINISH = { type: 'finish', finishReason: 'stop' } as const
const ANSWER: Script = ['Hello', ' world', FINISH]
const FAILURE: Script = [{ error: new ChatError('down', { code: 'upstream-unavailable' }) }]

chatModelContract({
  describe,
  it,
  name: 'scriptedChatModel',
  create: () => subjectOf(ANSWER),
  createHanging: () => subjectOf(['Hello', { hang: 'until-abort' }]),
  createFailing: () => subjectOf(FAILURE),
})

describe('chatModelContract', () => {
  it('passes a correct model', async () => {
    expect(await failuresOf({})).toEqual([])
  })

  it.each<[string, Script, string]>([
    ['ends without finish', ['Hello', ' world'], 'yields its text in order and ends with one finish'],
    ['continues after finish', [FINISH, 'Hello', ' world'], 'yields its text in order and ends with one finish'],
    ['yields no text', [FINISH], 'yields its text in order and ends with one finish'],
    ['yields all text at once', ['Hello world', FINISH], 'yields its text in order and ends with one finish'],
    [
      'counts no tokens',
      ['a', 'b', { type: 'finish', usage: { inputTokens: NaN, outputTokens: 1, totalTokens: 1 } }],
      'yields its text in order and ends with one finish',
    ],
    [
      'confuses calls',
      (_request, attempt) => [`${attempt}`, 'b', FINISH],
      'serves two simultaneous calls independently',
    ],
  ])('fails a model that %s', async (_name, script, check) => {
    expect(await failuresOf({ create: () => subjectOf(script) })).toContain(check)
  })

  it('fails a model that starts before it is read', async () => {
    const create = () => {
      let calls = 0
      const { model } = subjectOf(ANSWER)
      const eager: ChatModel = {
        stream(request, options) {
          calls += 1
          return model.stream(request, options)
        },
      }
      return { model: eager, started: () => calls, released: async () => {} }
    }
    expect(await failuresOf({ create })).toEqual([
      'starts nothing before the first next()',
      'starts nothing when its signal has already aborted',
    ])
  })

  it('fails a model that leaves listeners behind', async () => {
    const create = () => wrapped(({ signal }) => signal.addEventListener('abort', () => {}))
    expect(await failuresOf({ create })).toEqual(['leaves no listener on its signal'])
  })

  it('fails a model that modifies its request', async () => {
    const create = () => wrapped(({ request }) => void Object.assign(request, { question: 'mine' }))
    expect(await failuresOf({ create })).toContain('yields its text in order and ends with one finish')
  })

  it('fails a model that cannot be returned', async () => {
    const create = () => {
      const subject = subjectOf(ANSWER)
      const stream: ChatModel['stream'] = (...options) => {
        const iterator = subject.model.stream(...options)[Symbol.asyncIterator]()
        return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) }
      }
      return { ...subject, model: { stream } }
    }
    expect(await failuresOf({ create })).toContain('ends when it is returned, and serves the next call')
  })

  it('fails a model that ignores its signal', async () => {
    const failures = await failuresOf({ createHanging: () => subjectOf(['Hello', { hang: 'deaf' }], { deaf: true }) })
    expect(failures).toEqual([
      'settles a pending next() when its signal aborts, and releases its resources',
      'releases its resources when its signal aborts between two reads',
    ])
  })

  it('fails a model that retries, or throws anything but a ChatError', async () => {
    const check = 'fails with a ChatError, without a retry, and then ends'
    expect(await failuresOf({ createFailing: () => subjectOf([{ error: new Error('down') }]) })).toEqual([check])
    expect(await failuresOf({ createFailing: () => ({ ...subjectOf(FAILURE), started: () => 2 }) })).toEqual([check])
  })

  it('closes the subject of a check that failed', async () => {
    let closed = 0
    const create = () => ({ ...subjectOf([]), close: () => void (closed += 1) })
    expect(await failuresOf({ create })).toHaveLength(2)
    expect(closed).toBe(6)
  })
})

function subjectOf(script: Script, options: { readonly deaf?: boolean } = {}): ChatModelSubject {
  const model = scriptedChatModel(script, options)
  const released = () => Promise.all(model.calls.map(({ ended }) => ended))
  return { model, started: () => model.calls.length, released }
}

/** A correct model with an additional action when a call starts. */
function wrapped(beside: (call: { request: object; signal: AbortSignal }) => void): ChatModelSubject {
  const subject = subjectOf(ANSWER)
  async function* stream(...[request, { signal }]: Parameters<ChatModel['stream']>): AsyncGenerator<ChatModelEvent> {
    beside({ request, signal })
    yield* subject.model.stream(request, { signal })
  }
  return { ...subject, model: { stream } }
}

function failuresOf(subjects: {
  readonly create?: () => ChatModelSubject
  readonly createHanging?: () => ChatModelSubject
  readonly createFailing?: () => ChatModelSubject
}): Promise<readonly string[]> {
  const { runner, failures } = collectChecks()
  chatModelContract({
    ...runner,
    name: 'a model',
    create: () => subjectOf(ANSWER),
    createHanging: () => subjectOf(['Hello', { hang: 'until-abort' }]),
    createFailing: () => subjectOf(FAILURE),
    ...subjects,
  })
  return failures()
}
