import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { scopeOf, type Call } from '../../src/http/call.ts'

/** A call of a client that has left. */
function callAfterLeaving(scope: () => string | Promise<string>): Call {
  const signal = AbortSignal.abort(new Error('The client has left'))
  return { context: { scope }, signal } as unknown as Call
}

it('handles the failure of a scope function although the client has left, so that the process does not end', async () => {
  const rejecting = callAfterLeaving(() => Promise.reject(new Error('No session')))
  await expect(scopeOf(rejecting)).rejects.toThrow('The client has left')
  // An unhandled rejection would fail this file.
  await nextTurn()
})

it('asks for the scope of a client that has left, and answers with its leaving', async () => {
  await expect(scopeOf(callAfterLeaving(() => 'user'))).rejects.toThrow('The client has left')
  await expect(scopeOf(callAfterLeaving(async () => 'user'))).rejects.toThrow('The client has left')
})
