// The table of clients in the docs, made of the tests that prove it. `node scripts/dialect-docs.ts` writes it anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { CAPABILITIES, CLIENTS, type Capability, type ProtocolClient } from '../test/protocols/clients.ts'
import { findCarried, type CarriedProof } from '../test/setup/find-carried.ts'
import { writtenRegion } from './written-region.ts'

/** The page that has the table. */
export const DIALECTS_PAGE = new URL('../docs/guides/dialects.md', import.meta.url)

const REGION = writtenRegion('clients', 'scripts/dialect-docs.ts')

// The folders whose `package.json` has the packages of the clients.
const FOLDERS = ['protocols', 'copilotkit']

/** Returns the page with the table as the tests have it now. Throws if a client has no proof for a capability, or two. */
export function withClients(page: string): string {
  return REGION.replace(page, clientsTable(CLIENTS, findCarried()))
}

/** Returns the table of some clients, with the reasons as numbered notes below it. */
export function clientsTable(clients: readonly ProtocolClient[], proofs: readonly CarriedProof[]): string {
  const rows = clients.filter(({ isUnderConstruction }) => !isUnderConstruction)
  if (rows.length === 0) return 'No client is proven yet.\n'
  const notes: string[] = []
  const cells = rows.map((client) => {
    const marks = CAPABILITIES.map((capability) => cellOf(proofOf(client, { capability, proofs }), notes))
    return `| ${[client.name, versionOf(client), `\`${client.dialect}\``, ...marks].join(' | ')} |`
  })
  return [
    `| client | package | dialect | ${CAPABILITIES.join(' | ')} |`,
    `|${'---|'.repeat(CAPABILITIES.length + 3)}`,
    ...cells,
    '',
    ...notes.map((note, index) => `${index + 1}. ${note}.`),
    ...(notes.length === 0 ? [] : ['']),
  ].join('\n')
}

interface Cell {
  readonly capability: Capability
  readonly proofs: readonly CarriedProof[]
}

function proofOf({ id }: ProtocolClient, { capability, proofs }: Cell): CarriedProof {
  const found = proofs.filter((proof) => proof.client === id && proof.capability === capability)
  const [proof] = found
  if (found.length === 1 && proof) return proof
  const places = found.map(({ file }) => file).join(', ') || 'none'
  throw new Error(
    `Cannot say whether ${id} carries ${capability}: it needs one carries or lacks in the tests; found ${places}`,
  )
}

function cellOf({ reason }: CarriedProof, notes: string[]): string {
  if (reason === undefined) return 'yes'
  if (!notes.includes(reason)) notes.push(reason)
  return `no (${notes.indexOf(reason) + 1})`
}

/** Returns the name and the version of a package, such as `openai 7.57.0`. */
function versionOf({ id, package: key }: ProtocolClient): string {
  for (const folder of FOLDERS) {
    const file = readFileSync(new URL(`../test/${folder}/package.json`, import.meta.url), 'utf8')
    const version: string | undefined = JSON.parse(file).devDependencies[key]
    if (version === undefined) continue
    const [, alias, exact] = /^npm:(.+)@(.+)$/u.exec(version) ?? [undefined, key, version]
    return `\`${alias}\` ${exact}`
  }
  throw new Error(`Cannot find the package ${key} of ${id}: add it to test/protocols/package.json`)
}

if (import.meta.main) writeFileSync(DIALECTS_PAGE, withClients(readFileSync(DIALECTS_PAGE, 'utf8')))
