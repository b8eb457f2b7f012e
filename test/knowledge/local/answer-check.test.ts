import { describe, expect, it } from 'vitest'
import { answerCheck } from '../../../src/knowledge/local/answer-check.ts'

describe('answerCheck', () => {
  it.each([
    ['Why did it fail?', 'It failed because the disk was full.', 'It failed again.'],
    ['When was it founded?', 'It was founded in 1998.', 'It was founded by two friends.'],
    ['How many engines are there?', 'It has four engines.', 'It has some engines.'],
    ['Who wrote the report?', 'The report is by Ada Lovelace.', 'The report is by somebody.'],
    ['Where is the office?', 'The office is in Berlin.', 'The office is closed.'],
    ['为什么失败了？', '因为磁盘已满。', '又失败了。'],
    ['什么时候成立的？', '成立于1998年。', '由两位朋友成立。'],
    ['有多少台发动机？', '有四台发动机。', '有些发动机。'],
    ['谁写了报告？', '报告由艾达·洛芙莱斯撰写。', '报告已完成。'],
    ['办公室在哪里？', '办公室位于柏林。', '办公室关门了。'],
  ])('accepts for %j the answer %j and rejects %j', (question, good, bad) => {
    const check = answerCheck(question)
    expect(check(good)).toBe(true)
    expect(check(bad)).toBe(false)
  })

  it('rejects an answer that only repeats the question', () => {
    expect(answerCheck('Who met Ada?')('Yesterday Ada came.')).toBe(false)
    expect(answerCheck('What year came after 1998?')('That was 1998.')).toBe(false)
  })

  it('rejects every answer for a question of another kind', () => {
    expect(answerCheck('Explain the engine')('It has four engines, because Ada built it in Berlin in 1998.')).toBe(
      false,
    )
  })
})
