import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChunkTemplate, type ChunkStrings } from '../../../../src/integrations/openai/chat/chunk-template.ts'
import { createChunkReader } from '../../../../src/integrations/openai/chat/chunk-reader.ts'

describe('createChunkTemplate', () => {
  it('reads chunks with the learned structure without parsing them, with any padding', () => {
    const template = learnFrom({ id: 'a', text: 'Hello', padding: 'x9' })
    expect(template.match(JSON.stringify({ id: 'a', text: ' world', padding: 'k3vQ' }))).toBe(' world')
    expect(template.parsed()).toBe(1)
  })

  it.each([
    ['another field', { id: 'b', text: 'Hello', padding: 'x' }],
    ['an additional field', { id: 'a', text: 'Hello', padding: 'x', end: true }],
    ['no text', { id: 'a', text: '', padding: 'x' }],
    ['an escape', { id: 'a', text: '"Hello"', padding: 'x' }],
    ['a text that is not a string', { id: 'a', text: ['Hello'], padding: 'x' }],
  ])('leaves a chunk with %s to the parser', (_name, chunk) => {
    const template = learnFrom({ id: 'a', text: 'Hello', padding: 'x' })
    expect(template.match(JSON.stringify(chunk))).toBeUndefined()
  })

  it.each([
    ['looks like another string', { id: 'Hello', text: 'Hello', padding: 'x' }],
    ['looks like the characters between two strings', { id: 'a', text: ',', padding: 'x' }],
  ])('learns nothing from a text that %s', (_name, chunk) => {
    expect(learnFrom(chunk).match(JSON.stringify({ ...chunk, text: 'other' }))).toBeUndefined()
  })

  it('stops learning when no chunks are alike', () => {
    const template = learnFrom()
    for (let id = 0; id < 100; id += 1) template.learn(JSON.stringify({ id, text: 'a', padding: 'x' }), PLAIN)
    expect(template.parsed()).toBeLessThan(10)
  })
})

describe('createChunkReader', () => {
  it('reads every chunk as it reads it alone, after any other chunks', () => {
    fc.assert(
      fc.property(fc.array(anyChunk(), { maxLength: 12 }), (chunks) => {
        const reader = createChunkReader()
        const finishes = chunks.map((chunk) => {
          const message = { event: undefined, id: undefined, data: JSON.stringify(chunk) }
          const alone = createChunkReader()
          expect(reader.read(message)).toEqual(alone.read(message))
          return alone.finish()
        })
        expect(reader.finish()).toEqual([Object.assign({ type: 'finish' }, ...finishes.flat())])
      }),
      { numRuns: 2_000 },
    )
  })
})

const PLAIN: ChunkStrings = { text: 'a', padding: 'x' }

function learnFrom(chunk?: ChunkStrings & Readonly<Record<string, unknown>>) {
  let parsed = 0
  const template = createChunkTemplate((data) => {
    parsed += 1
    // The tests themselves write this JSON.
    return JSON.parse(data) as ChunkStrings
  })
  if (chunk) template.learn(JSON.stringify(chunk), chunk)
  return { ...template, parsed: () => parsed }
}

/** Chunks of few kinds and few words, so that many are alike, and texts look like the syntax around them. */
function anyChunk(): fc.Arbitrary<object> {
  const word = fc.constantFrom(
    'a',
    ' b',
    ',',
    ':',
    '":"',
    '\\',
    '\n',
    'stop',
    'content',
    '\uE000text',
    '\uE000padding',
    '',
  )
  const obfuscation = fc.record({ obfuscation: word }, { requiredKeys: [] })
  const delta = fc.record({ content: word, refusal: word, reasoning: word }, { requiredKeys: [] })
  const choice = fc.record({ delta, finish_reason: fc.constantFrom(null, null, 'stop') })
  const usage = fc.constantFrom({}, {}, { usage: { prompt_tokens: 1, completion_tokens: 2 } })
  return fc
    .tuple(word, obfuscation, choice, usage, fc.boolean())
    .map(([id, padding, choice, usage, paddingFirst]) =>
      paddingFirst ? { id, ...padding, choices: [choice], ...usage } : { id, choices: [choice], ...usage, ...padding },
    )
}
