import { describe, expect, it } from 'vitest'
import { ChatError, memoryHistoryStore, type HistoryStore } from '../../src/index.ts'
import { memoryRunStore, type RunStore } from '../../src/server.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { MOUNTS } from './support/mounts.ts'
import { openApp, type AppOptions } from './support/open-app.ts'

const CANARY = 'sk-canary'

/** An error like those of vendors, with the secret in every field. */
function leak(): Error {
  const cause = Object.assign(new Error(`connect postgres://admin:${CANARY}@10.0.0.7`), { sql: CANARY })
  return Object.assign(new Error(`Bearer ${CANARY} was refused`, { cause }), {
    headers: { 'x-request-id': CANARY, authorization: `Bearer ${CANARY}` },
    status: 401,
    code: CANARY,
    body: { error: CANARY },
  })
}

const leakedError = new ChatError(`The key ${CANARY} is wrong`, { code: 'upstream-auth', cause: leak() })

const fail = (): never => {
  throw leak()
}

const failLater = (): Promise<never> => Promise.reject(leak())

const history: HistoryStore = {
  beginTurn: failLater,
  finishTurn: failLater,
  load: failLater,
  list: failLater,
  delete: failLater,
}

const runStore: RunStore = {
  ...memoryRunStore(),
  begin: failLater,
  append: failLater,
  read: failLater,
  list: failLater,
  requestStop: failLater,
}

const SOURCES: readonly (readonly [name: string, options: AppOptions])[] = [
  ['a model before its first word', { handler: { model: scriptedChatModel([{ error: leak() }]) } }],
  ['a model that knows what failed', { handler: { model: scriptedChatModel([{ error: leakedError }]) } }],
  ['a model in the middle of its answer', { handler: { model: scriptedChatModel(['Hello', { error: leak() }]) } }],
  ['a retriever', { handler: { retriever: fakeRetriever([], { error: leak() }) } }],
  ['a history store', { handler: { history } }],
  ['a history store at the end', { handler: { history: { ...memoryHistoryStore(), finishTurn: failLater } } }],
  ['a run store', { runs: { store: runStore } }],
  ['the scope', { handler: { scope: fail } }],
]

describe.each(MOUNTS)('$name', (mount) => {
  it.each(SOURCES)('P9: sends nothing of the error of %s', async (_name, options) => {
    await using app = await openApp(mount, { ...options, handler: { retries: 0, ...options.handler } })
    const body = '{"question":"Why?","threadId":"t"}'
    const answers = [
      await app.send({ body }),
      await app.send({ body, headers: { accept: 'application/json' } }),
      await app.send({ path: '/runs', body }),
      await app.send({ method: 'GET', path: '/runs' }),
      await app.send({ method: 'GET', path: '/runs/r/events' }),
      await app.send({ path: '/runs/r/stop', body: '{}' }),
      await app.send({ method: 'GET', path: '/threads' }),
      await app.send({ method: 'GET', path: '/threads/t' }),
      await app.send({ method: 'DELETE', path: '/threads/t' }),
    ]
    const wire = answers.map(({ status, headers, text }) => JSON.stringify([status, [...headers], text])).join('\n')
    expect(wire).not.toMatch(/canary|10\.0\.0\.7|Bearer|postgres/)
    expect(wire).toMatch(/"code\\?":/)
    // The operator gets the error.
    expect(JSON.stringify(app.errors.map(({ cause, message }) => [String(cause), message]))).toContain(CANARY)
  })
})
