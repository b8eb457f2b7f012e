import { createCitationCheck } from '../citation/create-citation-check.ts'
import { modelCondenser } from '../history/model-condenser.ts'
import type { BuiltInStages } from '../options/resolve-answer-source.ts'
import { buildPrompt } from '../prompt/build-prompt.ts'

/** The default stages of a chat. */
export const BUILT_IN_STAGES: BuiltInStages = { modelCondenser, createCitationCheck, buildPrompt }
