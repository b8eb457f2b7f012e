import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { clientsTable, DIALECTS_PAGE, withClients } from '../../scripts/dialect-docs.ts'
import { CAPABILITIES, type ProtocolClient } from '../protocols/clients.ts'
import { carriedIn, type CarriedProof } from '../setup/find-carried.ts'

const CLIENT: ProtocolClient = { id: 'ai-6', name: 'AI SDK 6', package: 'ai6', dialect: 'ai-sdk' }

const PROOFS: readonly CarriedProof[] = CAPABILITIES.map((capability) => ({
  client: CLIENT.id,
  capability,
  reason: ['stop', 'resume'].includes(capability) ? `It cannot ${capability}` : undefined,
  file: 'a.test.ts',
}))

describe('the table of clients in docs/guides/dialects.md', () => {
  it('matches the tests: run node scripts/dialect-docs.ts after a change', () => {
    const page = readFileSync(DIALECTS_PAGE, 'utf8')
    expect(page).toBe(withClients(page))
  })

  it('has a row with yes or a numbered note for each capability', () => {
    const [, , row, , ...notes] = clientsTable([CLIENT], PROOFS).split('\n')
    expect(row).toMatch(/^\| AI SDK 6 \| `ai` 6\.\d+\.\d+ \| `ai-sdk` \|( yes \|){6} no \(1\) \| no \(2\) \| yes \|$/u)
    expect(notes).toEqual(['1. It cannot stop.', '2. It cannot resume.', ''])
  })

  it('leaves out a client whose tests are under construction', () => {
    const page = clientsTable([CLIENT, { ...CLIENT, id: 'ai-7', isUnderConstruction: true }], PROOFS)
    expect(page.match(/^\| AI SDK/gmu)).toHaveLength(1)
  })

  it('needs exactly one proof for each capability', () => {
    expect(() => clientsTable([CLIENT], PROOFS.slice(1))).toThrow(
      'Cannot say whether ai-6 carries text: it needs one carries or lacks in the tests; found none',
    )
    expect(() => clientsTable([CLIENT], [...PROOFS, ...PROOFS])).toThrow('found a.test.ts, a.test.ts')
  })
})

describe('carriedIn', () => {
  it('reads strings, arrays and constants of the file', () => {
    const text = `
      const OLD = ['ai-5', 'ai-6'] as const
      carries('ai-7', 'text', async () => {})
      describe('x', () => lacks(OLD, 'resume', 'It keeps nothing', async () => {}))`
    expect(carriedIn('a.test.ts', text)).toEqual([
      { client: 'ai-7', capability: 'text', reason: undefined, file: 'a.test.ts' },
      { client: 'ai-5', capability: 'resume', reason: 'It keeps nothing', file: 'a.test.ts' },
      { client: 'ai-6', capability: 'resume', reason: 'It keeps nothing', file: 'a.test.ts' },
    ])
  })

  it.each([
    ["for (const id of IDS) carries(id, 'text', prove)", 'name the clients by a string'],
    ["carries('nobody', 'text', prove)", 'nobody is not in test/protocols/clients.ts'],
    ["carries('ai-7', 'speech', prove)", 'name the capability by one of text, sources'],
    ["lacks('ai-7', 'text', REASONS.text, prove)", 'give the reason as a string'],
  ])('refuses a call that it cannot read: %s', (text, message) => {
    expect(() => carriedIn('a.test.ts', `\n${text}`)).toThrow(/^Cannot read \w+ in a\.test\.ts:2: /u)
    expect(() => carriedIn('a.test.ts', text)).toThrow(message)
  })
})
