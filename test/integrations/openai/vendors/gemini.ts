import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const { delta } = chunksWith({
  created: 1752319190,
  id: '1URyaLjuGKiqmtkPj86KuAI',
  model: 'gemini-2.5-flash',
  object: 'chat.completion.chunk',
})

const thought = (content: string) => delta({ content, extra_content: { google: { thought: true } }, role: 'assistant' })

/** Gemini, with its OpenAI-compatible endpoint. */
export const gemini: Vendor = {
  name: 'Gemini',
  model: 'gemini-2.5-flash',
  extraBody: { reasoning_effort: 'low' },
  replays: {
    answer: {
      source: 'envoyproxy/ai-gateway PR 1503; ai.google.dev/gemini-api/docs/openai',
      wire: events(
        delta({ content: 'They sleep', role: 'assistant' }, {}, { usage: { prompt_tokens: 8, total_tokens: 8 } }),
        delta({ content: ' 16 hours [1].', role: 'assistant' }, { finish_reason: 'stop' }, usageOf(8, 13)),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [8, 13, 21] },
    },
    'thoughts-in-text': {
      source: 'langgenius/dify 13347; infiniflow/ragflow 5632',
      wire: events(
        thought('<thought>**Reading the source**\n\nIt says 16 [1].\n\n\n'),
        thought('**Writing the answer**\n\nOne sentence is enough.\n\n\n'),
        delta({ content: '</thought>They sleep 16 hours.', role: 'assistant' }, { finish_reason: 'stop' }),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours.', finishReason: 'stop', thinks: true },
    },
    'error-array': {
      source: 'n4ze3m/page-assist 406',
      status: 429,
      contentType: 'application/json',
      wire: '[{\n  "error": {\n    "code": 429,\n    "message": "Resource has been exhausted (e.g. check quota).",\n    "status": "RESOURCE_EXHAUSTED"\n  }\n}\n]',
      expected: { code: 'upstream-rate-limited', cause: 'Resource has been exhausted', wordsLostIn: 'openai 6' },
    },
  },
  rules: {
    'unknown-fields': {
      source: 'iflow-ai/iflow-cli 238; MinLL/SkyrimNet-GamePlugin 77',
      example: { top_k: 4 },
      refuse(body) {
        const unknown = Object.keys(body).find((field) => !FIELDS.has(field))
        if (unknown === undefined) return undefined
        const message = `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`
        return { status: 400, body: [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }] }
      },
    },
  },
}

const FIELDS: ReadonlySet<string> = new Set(
  (
    'model messages stream stream_options temperature top_p n stop reasoning_effort ' +
    'max_tokens max_completion_tokens extra_body response_format tools tool_choice user'
  ).split(' '),
)
