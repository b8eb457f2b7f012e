import { afterAll, expect, vi } from 'vitest'

const KINDS = ['TCPServerWrap', 'TCPSocketWrap', 'PipeServerWrap', 'ProcessWrap']

// A test that leaves a server, a socket or a process open fails its file, instead of keeping the process alive.
afterAll(async () => {
  // A handle closes some event loop turns after the call that requested it.
  await vi.waitFor(() => expect(openHandles(), 'left open by the tests of this file').toEqual([]), 2_000)
})

function openHandles(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => KINDS.includes(kind))
}
