import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { ClientErrorCode } from '../../src/client.ts'
import { clientError } from '../../src/client/client-error.ts'

// An object, so that a code that is missing here is an error of its type.
const CODES = Object.keys({
  unreachable: true,
  unauthorized: true,
  'rate-limited': true,
  'bad-response': true,
  disconnected: true,
} satisfies Record<ClientErrorCode, true>) as readonly ClientErrorCode[]

it('docs/errors.md explains each code of the client, and quotes its message', () => {
  const sections = readFileSync('docs/errors.md', 'utf8').matchAll(/^### (?<code>[a-z-]+)\n\n"(?<message>[^"]+)\."/gmu)
  const quoted = [...sections].map(({ groups }) => [groups?.['code'], groups?.['message']?.replaceAll('\n', ' ')])
  expect(quoted).toEqual(CODES.map((code) => [code, clientError(code).message]))
})
