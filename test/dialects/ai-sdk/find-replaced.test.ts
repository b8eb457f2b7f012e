import { describe, expect, it } from 'vitest'
import { findReplaced, type AskedMessage } from '../../../src/dialects/ai-sdk/find-replaced.ts'
import type { StoredTurn } from '../../../src/index.ts'

function turn(runId: string, question: string): StoredTurn {
  return { v: 1, threadId: 't', runId, messageId: `m-${runId}`, question, createdAt: 0 }
}

const TURNS = [turn('r1', 'One?'), turn('r2', 'Two?'), turn('r3', 'Three?')]

function find(asked: AskedMessage, isWhole = true): string {
  const replaced = findReplaced(asked, TURNS, { isWhole })
  return replaced.outcome === 'found' ? replaced.runId : replaced.outcome
}

const again = (asked: Omit<AskedMessage, 'trigger'>) => find({ trigger: 'regenerate-message', ...asked })
const edited = (asked: Omit<AskedMessage, 'trigger'>) => find({ trigger: 'submit-message', ...asked })

describe('findReplaced', () => {
  it('replaces nothing for a new question', () => {
    expect(find({ trigger: 'submit-message', question: 'Three?', answerIds: ['r1', 'r2'] })).toBe('none')
  })

  it('finds the turn of a named answer, and of a question that was loaded', () => {
    expect(again({ question: 'Two?', messageId: 'r2', answerIds: ['r1'] })).toBe('r2')
    expect(again({ question: 'Two?', messageId: 'r2-question' })).toBe('r2')
    expect(edited({ question: 'New?', messageId: 'r2-question', answerIds: ['r1'] })).toBe('r2')
  })

  it('finds the last answer, which a client does not name', () => {
    expect(again({ question: 'Three?', answerIds: ['r1', 'r2'] })).toBe('r3')
    expect(again({ question: ' Three?\n', answerIds: ['r1', 'r2'] })).toBe('r3')
    expect(again({ question: 'Three?' })).toBe('r3')
    expect(again({ question: 'One?', answerIds: [] })).toBe('r1')
  })

  it('replaces nothing for a question that was refused before it was stored', () => {
    expect(again({ question: 'Four?', answerIds: ['r1', 'r2', 'r3'] })).toBe('none')
    expect(again({ question: 'Three?', answerIds: ['r1', 'r2', 'r3'] })).toBe('none')
    expect(again({ question: 'Four?' })).toBe('none')
    expect(again({ question: 'Four?', answerIds: ['r1', 'r2'] })).toBe('none')
  })

  it('finds the turn of an edited question, whose id the client has made', () => {
    expect(edited({ question: 'New?', messageId: 'mine', answerIds: ['r1'] })).toBe('r2')
    expect(edited({ question: 'New?', messageId: 'mine', answerIds: [] })).toBe('r1')
    expect(edited({ question: 'New?', messageId: 'mine', answerIds: ['r1', 'r2', 'r3'] })).toBe('none')
  })

  it('does not know a message that it cannot place', () => {
    expect(again({ question: 'Two?', messageId: 'foreign' })).toBe('unknown')
    expect(again({ question: 'Two?', messageId: 'foreign', answerIds: ['other'] })).toBe('unknown')
    expect(edited({ question: 'New?', messageId: 'mine' })).toBe('unknown')
    expect(find({ question: 'New?', messageId: 'mine', answerIds: [] }, false)).toBe('unknown')
  })
})
