import { describe, expect, it } from 'vitest'
import { findNode, NODE_VERSIONS } from '../support/find-node.ts'
import { runProgram } from '../support/run-program.ts'

// Under Node 22, a response that waits behind another one does not learn that its connection closed, and these
// frameworks observe only the response. A signal of `disconnectSignal` helps there.
const BLIND_UNDER_NODE_22 = ['Fastify 5 with toResponse', 'Fastify 5 with toNodeReadable', 'Hono 4']

describe.for(NODE_VERSIONS)('under Node %s', (version) => {
  it('C7: stops all three runs of a connection that breaks, including the two that wait for their turn', async (context) => {
    const node = await findNode(version)
    if (!node) return context.skip()
    const printed = await runProgram(node, ['--no-warnings', 'test/sinks/support/pipelined.ts'])
    const ends = new Map(Object.entries<readonly string[]>(JSON.parse(printed)))
    expect(ends.size).toBeGreaterThanOrEqual(12)
    for (const [name, calls] of ends) {
      if (version.startsWith('22.') && BLIND_UNDER_NODE_22.includes(name)) continue
      expect(calls, name).toEqual(['aborted', 'aborted', 'aborted'])
    }
  })
})
