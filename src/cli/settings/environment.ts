import type { Explanation } from '../command-line/command.ts'

/** The environment variables of every command that answers or indexes, for the help. */
export const ENVIRONMENT: readonly Explanation[] = [
  { name: 'OPENAI_API_KEY', does: 'The key of the model; without it and an address, answers are quoted sentences' },
  { name: 'OPENAI_BASE_URL', does: 'Another server with the API of OpenAI, such as http://127.0.0.1:11434/v1' },
  { name: 'OPENAI_MODEL', does: 'The model that answers (gpt-5-mini); --model wins' },
  { name: 'OPENAI_EMBEDDING_MODEL', does: 'The model for vectors; --embedding-model wins' },
]
