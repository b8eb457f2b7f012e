import type { TokenUsage } from '../../core/usage.ts'
import type { Facts } from './error-facts.ts'

type FinishUsage = Omit<TokenUsage, 'estimated'>

/** The tokens that a chunk reports, in whichever place its server puts them; `undefined` if it reports none. */
export function usageIn(chunk: object): FinishUsage | undefined {
  const { usage, choices, x_groq: groq, usageMetadata }: Facts = { ...chunk }
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  const places = [usage, fieldOf(choice, 'usage'), fieldOf(groq, 'usage'), usageMetadata]
  for (const place of places) {
    const found = toUsage(place)
    if (found) return found
  }
  return undefined
}

function toUsage(usage: unknown): FinishUsage | undefined {
  const inputTokens = countIn(usage, ['prompt_tokens', 'input_tokens', 'promptTokens', 'promptTokenCount'])
  const outputTokens = countIn(usage, [
    'completion_tokens',
    'output_tokens',
    'completionTokens',
    'candidatesTokenCount',
  ])
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  const total = countIn(usage, ['total_tokens', 'totalTokens', 'totalTokenCount'])
  // Servers that do not count yet send zeros with every chunk.
  if (inputTokens + outputTokens === 0) return undefined
  return { inputTokens, outputTokens, totalTokens: total ?? inputTokens + outputTokens }
}

function countIn(usage: unknown, names: readonly string[]): number | undefined {
  return names
    .map((name) => fieldOf(usage, name))
    .find((count): count is number => typeof count === 'number' && count >= 0 && Number.isFinite(count))
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
