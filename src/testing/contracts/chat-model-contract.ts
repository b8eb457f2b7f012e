import type { OptionNames } from '../../core/options/expect-options.ts'
import { deepEqual, equal, fail, notEqual, ok } from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatModel, ChatModelEvent, ChatModelRequest } from '../../core/vocabulary/chat-model.ts'
import {
  declareChecks,
  deepFreeze,
  promptly,
  settled,
  type ContractRunner,
  type ContractSubject,
  type CreateSubject,
  expectContract,
  RUNNER_OPTIONS,
} from './contract-runner.ts'

/** A model under test, with a view of what it stands on. */
export interface ChatModelSubject extends ContractSubject {
  readonly model: ChatModel
  /** How many calls have reached what the model stands on (a server, a process) so far. */
  started(): number
  /** Resolves when no call holds anything any more, such as a connection. */
  released(): Promise<unknown>
}

/** What an implementer supplies to {@link chatModelContract}. */
export interface ChatModelContractOptions extends ContractRunner {
  /** Named in the report. */
  readonly name: string
  /** A model that answers with at least two text deltas. */
  readonly create: CreateSubject<ChatModelSubject>
  /** A model that sends one text delta and then nothing more. Leave it out where a model cannot hang. */
  readonly createHanging?: CreateSubject<ChatModelSubject> | undefined
  /** A model that fails before its first event, in a way that invites a retry. Leave it out where it cannot fail. */
  readonly createFailing?: CreateSubject<ChatModelSubject> | undefined
}

const OPTIONS: OptionNames<ChatModelContractOptions> = { ...RUNNER_OPTIONS, createHanging: true, createFailing: true }

/**
 * Declares the checks that every {@link ChatModel} must pass, with the functions of any test runner.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { chatModelContract, scriptedChatModel } from 'ragwire/testing'
 * chatModelContract({
 *   describe,
 *   it,
 *   name: 'scriptedChatModel',
 *   create: () => {
 *     const model = scriptedChatModel(['Hello', ' world', { type: 'finish', finishReason: 'stop' }])
 *     const released = () => Promise.all(model.calls.map((call) => call.ended))
 *     return { model, started: () => model.calls.length, released }
 *   },
 * })
 * ```
 */
export function chatModelContract(options: ChatModelContractOptions): void {
  expectContract(options, OPTIONS, 'chatModelContract')
  options.describe(`${options.name} as a ChatModel`, () => {
    declareAnswering(options)
    if (options.createHanging) declareHanging(options, options.createHanging)
    if (options.createFailing) declareFailing(options, options.createFailing)
  })
}

const REQUEST: ChatModelRequest = deepFreeze({
  messages: [
    { role: 'system', content: 'Answer from the sources.\n\n[1] The answer is 42.' },
    { role: 'user', content: 'What is the answer?' },
  ],
  purpose: 'answer',
  question: 'What is the answer?',
  sources: [
    {
      number: 1,
      sourceId: 'source-1',
      documentId: 'document-1',
      chunkId: 'chunk-1',
      title: 'Guide',
      text: 'The answer is 42. The question is unknown.',
      metadata: {},
    },
  ],
})

function declareAnswering(options: ChatModelContractOptions): void {
  const check = declareChecks(options, options.create)

  check('yields its text in order and ends with one finish', async ({ model }) => {
    const events = await promptly(options, readAll(model), 'The stream')
    ok(textOf(events).length > 0, 'the model said nothing')
    ok(events.filter((event) => event.type === 'text').length >= 2, 'the model sent fewer than two text deltas')
    equal(events.at(-1)?.type, 'finish', 'the last event is not a finish')
    equal(events.filter((event) => event.type === 'finish').length, 1, 'there is not exactly one finish')
    for (const event of events) checkUsage(event)
  })

  check('starts nothing before the first next()', async ({ model, started }) => {
    const iterator = open(model).iterator
    await nextTurn()
    equal(started(), 0, 'a call started though nothing was read')
    await iterator.next()
    equal(started(), 1, 'the first next() did not start one call')
    await iterator.return?.()
  })

  check('starts nothing when its signal has aborted before', async ({ model, started }) => {
    const { iterator } = open(model, AbortSignal.abort(new Error('aborted before')))
    const next = await promptly(
      options,
      iterator.next().catch(() => undefined),
      'next() under an aborted signal',
    )
    ok(next === undefined || next.done, 'an event came under an aborted signal')
    equal(started(), 0, 'a call started under an aborted signal')
  })

  check('serves two calls at a time, each on its own', async ({ model }) => {
    const alone = textOf(await readAll(model))
    const both = await promptly(options, Promise.all([readAll(model), readAll(model)]), 'Two streams at a time')
    deepEqual(both.map(textOf), [alone, alone])
  })

  check('ends when it is returned, and serves the next call', async ({ model, released }) => {
    const { iterator } = open(model)
    await iterator.next()
    await promptly(options, returnOf(iterator), 'return()')
    equal((await iterator.next()).done, true, 'an event came after return()')
    await promptly(options, released(), 'What the returned call held')
    notEqual(textOf(await promptly(options, readAll(model), 'The next call')), '')
  })

  check('leaves no listener on its signal', async ({ model }) => {
    const { signal } = new AbortController()
    for (let call = 0; call < 3; call += 1) await promptly(options, readAll(model, signal), 'The stream')
    // Node's fetch takes its own listener off one turn after the body has ended.
    await nextTurn()
    equal(getEventListeners(signal, 'abort').length, 0)
  })
}

function declareHanging(options: ChatModelContractOptions, create: CreateSubject<ChatModelSubject>): void {
  const check = declareChecks(options, create)

  check('settles a pending next() when its signal aborts, and gives up what it holds', async ({ model, released }) => {
    const { iterator, abort } = await openAtFirstText(model)
    const pending = settled(iterator.next())
    abort()
    await promptly(options, pending, 'The pending next()')
    await promptly(options, released(), 'What the aborted call held')
    await promptly(options, settled(iterator.next()), 'next() after the abort')
  })

  check('gives up what it holds when its signal aborts between two reads', async ({ model, released }) => {
    const { iterator, abort } = await openAtFirstText(model)
    abort()
    await promptly(options, released(), 'What the aborted call held')
    await promptly(options, settled(iterator.next()), 'next() after the abort')
  })

  check('gives up what it holds when it is returned', async ({ model, released }) => {
    const { iterator } = await openAtFirstText(model)
    await promptly(options, returnOf(iterator), 'return()')
    await promptly(options, released(), 'What the returned call held')
  })

  check('takes an abort after the end in silence', async ({ model, released }) => {
    const { iterator, abort } = await openAtFirstText(model)
    await promptly(options, returnOf(iterator), 'return()')
    abort()
    await promptly(options, released(), 'What the returned call held')
    equal((await promptly(options, iterator.next(), 'next() after the end')).done, true)
  })
}

function declareFailing(options: ChatModelContractOptions, create: CreateSubject<ChatModelSubject>): void {
  const check = declareChecks(options, create)

  check('fails with a ChatError, without a retry, and then is over', async ({ model, started, released }) => {
    const { iterator } = open(model)
    const thrown: unknown = await promptly(options, failureOf(iterator), 'The failing next()')
    ok(isChatError(thrown), `the model threw ${String(thrown)}, which is no ChatError`)
    equal(started(), 1, 'the model retried, which only the core may')
    equal((await promptly(options, iterator.next(), 'next() after the failure')).done, true)
    await promptly(options, released(), 'What the failed call held')
  })
}

function open(model: ChatModel, signal?: AbortSignal) {
  const controller = new AbortController()
  const stream = model.stream(REQUEST, { signal: signal ?? controller.signal })
  const abort = () => controller.abort(new Error('aborted by the contract'))
  return { iterator: stream[Symbol.asyncIterator](), abort }
}

async function openAtFirstText(model: ChatModel) {
  const { iterator, abort } = open(model)
  let next = await iterator.next()
  while (!next.done && next.value.type !== 'text') next = await iterator.next()
  equal(next.done ?? false, false, 'the model ended without text')
  return { iterator, abort }
}

async function readAll(model: ChatModel, signal = new AbortController().signal): Promise<ChatModelEvent[]> {
  const events: ChatModelEvent[] = []
  for await (const event of model.stream(REQUEST, { signal })) events.push(event)
  return events
}

async function returnOf(iterator: AsyncIterator<unknown>): Promise<void> {
  if (!iterator.return) fail('the iterator has no return(), so a consumer that leaves cannot stop it')
  await iterator.return()
}

async function failureOf(iterator: AsyncIterator<ChatModelEvent>): Promise<unknown> {
  try {
    await iterator.next()
  } catch (error) {
    return error
  }
  return fail('the model did not fail')
}

function checkUsage(event: ChatModelEvent): void {
  if (event.type !== 'finish' || !event.usage) return
  const { inputTokens, outputTokens, totalTokens } = event.usage
  for (const count of [inputTokens, outputTokens, totalTokens]) {
    ok(Number.isInteger(count) && count >= 0, `the usage holds ${count}, which is no count`)
  }
}

function textOf(events: readonly ChatModelEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.delta : '')).join('')
}
