/** Tokens of one or several model calls. */
export interface TokenUsage {
  /** Tokens that were sent. */
  readonly inputTokens: number
  /** Tokens that were generated. */
  readonly outputTokens: number
  /** The total, as the provider reports it. */
  readonly totalTokens: number
  /** Present if the provider reported no tokens and these are estimated. */
  readonly estimated?: true
}

/** Tokens of a run, as a whole and by the phase that spent them. */
export interface Usage extends TokenUsage {
  /** The tokens of each phase that asked a model. */
  readonly phases: {
    readonly condensing?: TokenUsage
    readonly generating?: TokenUsage
  }
}

/** Sums the phases of a run. A run that called no model used exactly 0 tokens, so nothing is estimated. */
export function totalUsage(phases: Usage['phases']): Usage {
  const { condensing = NOTHING, generating = NOTHING } = phases
  return {
    inputTokens: condensing.inputTokens + generating.inputTokens,
    outputTokens: condensing.outputTokens + generating.outputTokens,
    totalTokens: condensing.totalTokens + generating.totalTokens,
    ...((condensing.estimated || generating.estimated) && { estimated: true }),
    phases,
  }
}

const NOTHING: TokenUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }

/** Counts the tokens of several texts. */
export function countAll(texts: readonly string[], countTokens: (text: string) => number): number {
  return texts.reduce((total, text) => total + countTokens(text), 0)
}

/**
 * Estimates the usage of a call for which the provider reported none, by counting the answer and the prompt. A number is
 * a prompt that was counted before.
 */
export function estimateUsage(
  prompt: readonly string[] | number,
  answer: string,
  countTokens: (text: string) => number,
): TokenUsage {
  const inputTokens = typeof prompt === 'number' ? prompt : countAll(prompt, countTokens)
  const outputTokens = countTokens(answer)
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, estimated: true }
}
