import { chunksWith, events, usageOf, type Refusal, type Vendor } from './vendor.ts'

const { delta } = chunksWith({
  id: 'b3f1c9d2',
  object: 'chat.completion.chunk',
  created: 1772351733,
  model: 'magistral-medium-2509',
})

const role = delta({ role: 'assistant', content: '' })
const thinking = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })

function extraForbidden(loc: readonly string[], input: unknown): Refusal {
  const detail = [{ type: 'extra_forbidden', loc: ['body', ...loc], msg: 'Extra inputs are not permitted', input }]
  return {
    status: 422,
    body: { object: 'error', message: { detail }, type: 'invalid_request_error', param: null, code: null },
  }
}

/** Mistral, which rejects every unknown field. */
export const mistral: Vendor = {
  name: 'Mistral',
  model: 'mistral-small-latest',
  extraBody: { stream_options: undefined },
  replays: {
    answer: {
      source: 'jeremychone/rust-genai PR 164; docs.mistral.ai/api',
      wire: events(
        role,
        delta({ content: 'They sleep' }),
        delta({ content: ' 16 hours [1].' }, { finish_reason: 'stop' }, usageOf(30, 9)),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [30, 9, 39] },
    },
    'content-parts': {
      source: 'BerriAI/litellm 16272; braintrustdata/braintrust-sdk-javascript 1857',
      wire: events(
        role,
        delta({ content: [thinking('The source')] }),
        delta({ content: [thinking(' says 16.')] }),
        delta({
          content: [
            { type: 'thinking', thinking: [], closed: true },
            { type: 'text', text: 'They sleep' },
          ],
        }),
        delta({ content: ' 16 hours.' }),
        delta({ content: '' }, { finish_reason: 'stop' }, usageOf(30, 40)),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours.', finishReason: 'stop', usage: [30, 40, 70], thinks: true },
    },
    'finish-error': {
      source: 'docs.mistral.ai/api (finish_reason: error)',
      wire: events(role, delta({ content: 'They' }), delta({ content: '' }, { finish_reason: 'error' }), '[DONE]'),
      expected: { code: 'upstream-unavailable' },
    },
  },
  rules: {
    'stream-options': {
      source: 'avante-corp/avante.nvim 2347; olimorris/codecompanion.nvim 1112; openai/openai-agents-python 442',
      example: { stream_options: { include_usage: true } },
      refuse: ({ stream_options: options }) =>
        options === undefined ? undefined : extraForbidden(['stream_options', 'include_usage'], true),
    },
    'max-completion-tokens': {
      source: 'editor-code-assistant/eca 231, 315',
      example: { max_completion_tokens: 256 },
      refuse: ({ max_completion_tokens: limit }) =>
        limit === undefined ? undefined : extraForbidden(['max_completion_tokens'], limit),
    },
    'other-fields': {
      source: 'mistralai/platform-docs-public 7; Gitlawb/openclaude 739',
      example: { store: false },
      refuse(body) {
        const unknown = Object.keys(body).find((field) => !FIELDS.has(field))
        return unknown === undefined ? undefined : extraForbidden([unknown], body[unknown])
      },
    },
  },
}

// The last two are rejected by separate rules.
const FIELDS: ReadonlySet<string> = new Set(
  (
    'model messages temperature top_p max_tokens stream stop random_seed response_format ' +
    'presence_penalty frequency_penalty n prompt_mode reasoning_effort safe_prompt metadata ' +
    'stream_options max_completion_tokens'
  ).split(' '),
)
