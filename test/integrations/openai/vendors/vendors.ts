import { azure } from './azure.ts'
import { dashscope } from './dashscope.ts'
import { deepseek } from './deepseek.ts'
import { gemini } from './gemini.ts'
import { llamaCpp } from './llama-cpp.ts'
import { lmStudio } from './lm-studio.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openrouter } from './openrouter.ts'
import type { Vendor } from './vendor.ts'
import { vllm } from './vllm.ts'

/** The vendors of docs/guides/models.md, in its order. */
export const vendors: readonly Vendor[] = [
  openai,
  azure,
  mistral,
  deepseek,
  dashscope,
  gemini,
  openrouter,
  ollama,
  vllm,
  llamaCpp,
  lmStudio,
]
