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

/** A model under test, with access to its backend. */
export interface ChatModelSubject extends ContractSubject {
  /** The model. */
  readonly model: ChatModel
  /** The number of calls that have reached the backend (a server, a process) so far. */
  started(): number
  /** Resolves when no call holds resources such as a connection. */
  released(): Promise<unknown>
}

/** The options of {@link chatModelContract}. */
export interface ChatModelContractOptions extends ContractRunner {
  /** The name in the report. */
  readonly name: string
  /** Creates a model that answers with at least two text deltas. */
  readonly create: CreateSubject<ChatModelSubject>
  /** Creates a model that sends one text delta and then hangs. Omit it if a model cannot hang. */
  readonly createHanging?: CreateSubject<ChatModelSubject> | undefined
  /** Creates a model that fails before its first event with a retryable error. Omit it if a model cannot fail. */
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
    ok(textOf(events).length > 0, 'the model sent no text')
    ok(events.filter((event) => event.type === 'text').length >= 2, 'the model sent fewer than two text deltas')
    equal(events.at(-1)?.type, 'finish', 'the last event is not a finish')
    equal(events.filter((event) => event.type === 'finish').length, 1, 'there is not exactly one finish')
    for (const event of events) checkUsage(event)
  })

  check('starts nothing before the first next()', async ({ model, started }) => {
    const iterator = open(model).iterator
    await nextTurn()
    equal(started(), 0, 'a call started before the first read')
    await iterator.next()
    equal(started(), 1, 'the first next() did not start one call')
    await iterator.return?.()
  })

  check('starts nothing when its signal has already aborted', async ({ model, started }) => {
    const { iterator } = open(model, AbortSignal.abort(new Error('aborted before')))
    const next = await promptly(
      options,
      iterator.next().catch(() => undefined),
      'next() under an aborted signal',
    )
    ok(next === undefined || next.done, 'an event came under an aborted signal')
    equal(started(), 0, 'a call started under an aborted signal')
  })

  check('serves two simultaneous calls independently', async ({ model }) => {
    const alone = textOf(await readAll(model))
    const both = await promptly(options, Promise.all([readAll(model), readAll(model)]), 'Two streams at a time')
    deepEqual(both.map(textOf), [alone, alone])
  })

  check('ends when it is returned, and serves the next call', async ({ model, released }) => {
    const { iterator } = open(model)
    await iterator.next()
    await promptly(options, returnOf(iterator), 'return()')
    equal((await iterator.next()).done, true, 'an event came after return()')
    await promptly(options, released(), 'Releasing the resources of the returned call')
    notEqual(textOf(await promptly(options, readAll(model), 'The next call')), '')
  })

  check('leaves no listener on its signal', async ({ model }) => {
    const { signal } = new AbortController()
    for (let call = 0; call < 3; call += 1) await promptly(options, readAll(model, signal), 'The stream')
    // Node's fetch removes its own listener one turn after the body has ended.
    await nextTurn()
    equal(getEventListeners(signal, 'abort').length, 0)
  })
}

function declareHanging(options: ChatModelContractOptions, create: CreateSubject<ChatModelSubject>): void {
  const check = declareChecks(options, create)

  check('settles a pending next() when its signal aborts, and releases its resources', async ({ model, released }) => {
    const { iterator, abort } = await openAtFirstText(model)
    const pending = settled(iterator.next())
    abort()
    await promptly(options, pending, 'The pending next()')
    await promptly(options, released(), 'Releasing the resources of the aborted call')
    await promptly(options, settled(iterator.next()), 'next() after the abort')
  })

  check('releases its resources when its signal aborts between two reads', async ({ model, released }) => {
    const { iterator, abort } = await openAtFirstText(model)
    abort()
    await promptly(options, released(), 'Releasing the resources of the aborted call')
    await promptly(options, settled(iterator.next()), 'next() after the abort')
  })

  check('releases its resources when it is returned', async ({ model, released }) => {
    const { iterator } = await openAtFirstText(model)
    await promptly(options, returnOf(iterator), 'return()')
    await promptly(options, released(), 'Releasing the resources of the returned call')
  })

  check('ignores an abort after the end', async ({ model, released }) => {
    const { iterator, abort } = await openAtFirstText(model)
    await promptly(options, returnOf(iterator), 'return()')
    abort()
    await promptly(options, released(), 'Releasing the resources of the returned call')
    equal((await promptly(options, iterator.next(), 'next() after the end')).done, true)
  })
}

function declareFailing(options: ChatModelContractOptions, create: CreateSubject<ChatModelSubject>): void {
  const check = declareChecks(options, create)

  check('fails with a ChatError, without a retry, and then ends', async ({ model, started, released }) => {
    const { iterator } = open(model)
    const thrown: unknown = await promptly(options, failureOf(iterator), 'The failing next()')
    ok(isChatError(thrown), `the model threw ${String(thrown)}, which is not a ChatError`)
    equal(started(), 1, 'the model retried, which only the core may')
    equal((await promptly(options, iterator.next(), 'next() after the failure')).done, true)
    await promptly(options, released(), 'Releasing the resources of the failed call')
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
    ok(Number.isInteger(count) && count >= 0, `the usage contains ${count}, which is not a count`)
  }
}

function textOf(events: readonly ChatModelEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.delta : '')).join('')
}
