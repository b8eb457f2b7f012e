import { cutToTokens } from './cut-to-tokens.ts'
import type { HistoryTurn } from '../vocabulary/history-turn.ts'

/** Limits for the part of a conversation that is used. */
export interface HistoryBudget {
  /** Most tokens of all questions and answers together. */
  readonly historyTokens: number
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

// A shorter part of an earlier turn is of no use.
const LEAST_PART_TOKENS = 64
// Part of the budget that a long question leaves to its answer.
const ANSWER_PART = 4

/**
 * The latest turns that fit into the budget, in one pass from the end. The first turn that does not fit is cut: the
 * latest turn always, an earlier one if a useful part of it fits.
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

/** The part of a turn that fits: its question, and the beginning of its answer. */
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
  // A message without text is refused by some servers, and so are two questions in a row.
  return { ...turn, question, answer: answer === '' ? '…' : answer, ...(citations && { citations }) }
}
