import { foldText, type ChatResult } from '../../index.ts'

// Sentences of the built-in model, and phrases by which language models say that the sources do not help.
const PHRASES = [
  'found no sentence in the sources',
  '没有找到能回答',
  "don't know",
  'do not know',
  'cannot answer',
  "can't answer",
  'unable to answer',
  'not able to answer',
  'no information',
  'no source',
  'none of the sources',
  'sources do not',
  "sources don't",
  'not mentioned in the',
  'not in the sources',
  'not covered by the',
  '不知道',
  '无法回答',
  '不能回答',
  '没有相关信息',
  '没有提到',
  '未提到',
  '没有提及',
  '未提及',
].map(fold)

/**
 * Returns true for a refusal: the run ended without evidence, or the answer cites nothing and contains a phrase of a
 * refusal. An answer that cites nothing and has no such phrase is an answer, because the model may have invented it.
 */
export function isRefusal(result: ChatResult, phrases: readonly string[] = []): boolean {
  const { finishReason, citations, answer } = result
  if (finishReason === 'no-evidence') return true
  if (citations.length > 0) return false
  const folded = fold(answer)
  return [...PHRASES, ...phrases.map(fold)].some((phrase) => folded.includes(phrase))
}

function fold(text: string): string {
  return foldText(text.replaceAll('’', "'"))
}
