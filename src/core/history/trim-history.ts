import { cutToTokens } from './cut-to-tokens.ts'
import type { HistoryTurn } from '../vocabulary/history-turn.ts'

/** Limits for the part of a conversation that is used. */
export interface HistoryBudget {
  /** Maximum number of tokens of all questions and answers together. */
  readonly historyTokens: number
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

// A shorter part of an earlier turn is not useful.
const LEAST_PART_TOKENS = 64
// A long question leaves a quarter of the budget for its answer.
const ANSWER_PART = 4

/**
 * Returns the latest turns that fit into the budget. The newest turn that does not fit is cut if it is the latest turn
 * or if a useful part of it fits.
 */
export function trimHistory(
  turns: readonly HistoryTurn[],
  budget: HistoryBudget,
): { readonly turns: readonly HistoryTurn[]; readonly trimmed: boolean } {
  let left = budget.historyTokens
  for (let index = turns.length - 1; index >= 0; index--) {
    const turn = turns[index]
    if (!turn) continue
    const question = budget.countTokens(turn.question)
    const answer = budget.countTokens(turn.answer)
    if (question + answer <= left) {
      left -= question + answer
      continue
    }
    const kept = turns.slice(index + 1)
    const isCut = kept.length === 0 || left >= LEAST_PART_TOKENS
    return {
      turns: isCut ? [cutTurn(turn, { question, answer }, { ...budget, historyTokens: left }), ...kept] : kept,
      trimmed: true,
    }
  }
  return { turns, trimmed: false }
}

/** Cuts a turn to its question and the beginning of its answer. */
function cutTurn(
  turn: HistoryTurn,
  tokens: { readonly question: number; readonly answer: number },
  { historyTokens, countTokens }: HistoryBudget,
): HistoryTurn {
  const forAnswer = Math.min(tokens.answer, Math.floor(historyTokens / ANSWER_PART))
  const question = cutToTokens(turn.question, {
    ...tokens,
    tokens: historyTokens - forAnswer,
    total: tokens.question,
    countTokens,
  })
  const used = question === turn.question ? tokens.question : countTokens(question)
  const answer = cutToTokens(turn.answer, { tokens: historyTokens - used, total: tokens.answer, countTokens })
  const citations = turn.citations?.filter(({ end }) => end <= answer.length)
  // Some servers reject an empty message, and two questions in a row.
  return { ...turn, question, answer: answer === '' ? '…' : answer, ...(citations && { citations }) }
}
