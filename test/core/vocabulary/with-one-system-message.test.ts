import { describe, expect, it } from 'vitest'
import { withOneSystemMessage } from '../../../src/core/vocabulary/with-one-system-message.ts'
import type { Message } from '../../../src/index.ts'

const system = (content: string): Message => ({ role: 'system', content })
const user: Message = { role: 'user', content: 'Hi' }

describe('withOneSystemMessage', () => {
  it.each<[string, readonly Message[], readonly Message[]]>([
    ['joins several in their order', [system('a'), user, system('b')], [system('a\n\nb'), user]],
    ['moves one from the middle to the beginning', [user, system('a'), user], [system('a'), user, user]],
    ['omits empty ones', [system(' '), system('a'), user], [system('a'), user]],
    ['omits all of them when all are empty', [user, system('')], [user]],
  ])('A13: %s', (_what, messages, expected) => expect(withOneSystemMessage(messages)).toEqual(expected))

  it('A13: returns messages that are right as they are', () => {
    for (const messages of [[system('a'), user], [user], []]) expect(withOneSystemMessage(messages)).toBe(messages)
  })
})
