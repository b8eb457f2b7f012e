import type { TokenUsage } from '../../core/vocabulary/usage.ts'
import type { Facts } from './error-facts.ts'

type FinishUsage = Omit<TokenUsage, 'estimated'>

/** Returns the token usage that a chunk reports in any known place, or `undefined`. */
export function usageIn(chunk: object): FinishUsage | undefined {
  // Not copied, because this runs for each chunk of a thought.
  const facts = chunk as Facts
  const choice: unknown = Array.isArray(facts['choices']) ? facts['choices'][0] : undefined
  const holders = [facts, choice, fieldOf(choice, 'delta'), facts['message'], facts['x_groq']]
  for (const holder of holders) {
    for (const name of PLACES) {
      const place = fieldOf(holder, name)
      const found = toUsage(Array.isArray(place) ? place[0] : place)
      if (found) return found
    }
  }
  // Ollama reports it at the top level.
  return toUsage(facts)
}

const PLACES = ['usage', 'usageMetadata', 'x_usage', 'token_usage']

function toUsage(usage: unknown): FinishUsage | undefined {
  if (!isObject(usage)) return undefined
  const inputTokens = countIn(usage, [
    'prompt_tokens',
    'input_tokens',
    'promptTokens',
    'promptTokenCount',
    'prompt_eval_count',
  ])
  const outputTokens = countIn(usage, [
    'completion_tokens',
    'output_tokens',
    'completionTokens',
    'candidatesTokenCount',
    'eval_count',
  ])
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  const total = countIn(usage, ['total_tokens', 'totalTokens', 'totalTokenCount'])
  // Some servers send zeros with every chunk until the end.
  if (inputTokens + outputTokens === 0) return undefined
  return { inputTokens, outputTokens, totalTokens: total ?? inputTokens + outputTokens }
}

function countIn(usage: object, names: readonly string[]): number | undefined {
  for (const name of names) {
    const count = toCount(fieldOf(usage, name))
    if (typeof count === 'number' && count >= 0 && Number.isFinite(count)) return count
  }
  return undefined
}

function toCount(count: unknown): unknown {
  return typeof count === 'string' && /^[0-9]+$/u.test(count) ? Number(count) : count
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? Reflect.get(value, name) : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
