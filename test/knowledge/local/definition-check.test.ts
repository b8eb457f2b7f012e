import { describe, expect, it } from 'vitest'
import { definitionCheck } from '../../../src/knowledge/local/definition-check.ts'

describe('definitionCheck', () => {
  it.each([
    ['What is a heron?', 'A heron is a wading bird.', 1],
    ["What's heron?", 'The heron fishes alone.', 0.5],
    ['who was Ada Lovelace', 'Ada Lovelace was a mathematician.', 1],
    ['What are the Fens?', 'The Fens are wet.', 1],
    ['Could you explain what herons are?', 'Herons are wading birds.', 1],
    ['Can you tell me more about the heron?', 'The heron is a wading bird.', 1],
    ['What does a heron do?', 'A heron makes its nest in a tree.', 1],
    ['What is the meaning of heron?', 'A heron is a wading bird.', 1],
    ['Was ist ein Reiher?', 'Der Reiher ist ein Vogel.', 1],
    ['什么是苍鹭？', '苍鹭是一种水鸟。', 1],
    ['苍鹭是什么?', '苍鹭生活在水边。', 0.5],
  ])('for %j, rates %j as %d', (question, sentence, value) => {
    expect(definitionCheck(question)(sentence)).toBe(value)
  })

  it.each([
    ['What is a heron?', 'Few birds are as still as a heron.'],
    ['What is the price of a heron?', 'The price of a heron is high.'],
    ['How is a heron fed?', 'A heron is fed by hand.'],
    ['苍鹭的价格是什么？', '苍鹭的价格是五元。'],
    ['What is?', 'What is it.'],
  ])('for %j, does not rate %j', (question, sentence) => {
    expect(definitionCheck(question)(sentence)).toBe(0)
  })
})
