import { it } from 'vitest'
import { CLIENTS, type Capability, type ClientId } from '../clients.ts'

/**
 * Declares a test which proves that a client carries a part of an answer: the user of the client can see it, or can do it.
 * The table in docs/guides/dialects.md says `yes` for it. Each client needs one `carries` or one `lacks` for each
 * capability.
 *
 * The arguments must be readable without running the file: the clients are a string, an array of strings, or a constant
 * of the same file with one of these; the capability is a string.
 *
 * @param expectProof - Gets the id of the client, for a test of several clients.
 *
 * @example
 * ```ts
 * carries(['ai-5', 'ai-6', 'ai-7'], 'text', async (client) => {
 *   const message = await ask(SDKS[client])
 *   expect(textOf(message)).toBe(ANSWER_TEXT)
 * })
 * ```
 */
export function carries<const Id extends ClientId>(
  clients: Id | readonly Id[],
  capability: Capability,
  expectProof: (client: Id) => Promise<void>,
): void {
  for (const id of listOf(clients)) it(`${nameOf(id)}: ${capability}`, () => expectProof(id))
}

/**
 * Declares a test which proves that a client cannot carry a part of an answer. The table says `no`, with the reason as a
 * note.
 *
 * @param reason - A sentence in plain words without a full stop, such as `It has no place for …`; a string in the code.
 */
export function lacks<const Id extends ClientId>(
  clients: Id | readonly Id[],
  capability: Capability,
  reason: string,
  expectProof: (client: Id) => Promise<void>,
): void {
  for (const id of listOf(clients)) it(`${nameOf(id)}: no ${capability}. ${reason}`, () => expectProof(id))
}

function listOf<Id extends ClientId>(clients: Id | readonly Id[]): readonly Id[] {
  return typeof clients === 'string' ? [clients] : clients
}

function nameOf(id: ClientId): string {
  return CLIENTS.find((client) => client.id === id)?.name ?? id
}
