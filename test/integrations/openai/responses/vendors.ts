import type { Replay } from '../vendors/vendor.ts'

/** A server of the Responses API, according to its documentation, its source or public reports. */
export interface ResponsesVendor {
  /** Its row in the table of docs/guides/models.md. */
  readonly name: string
  readonly replays: Readonly<Record<string, Replay>>
}

type Event = { readonly type: string } & Readonly<Record<string, unknown>>

/** Creates events as all of these servers frame them: with a name and a sequence number. */
function events(...values: readonly Event[]): string {
  return values
    .map((value, index) => `event: ${value.type}\ndata: ${JSON.stringify({ ...value, sequence_number: index })}\n\n`)
    .join('')
}

const response = (status: string, fields: object = {}) => ({
  id: 'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b',
  object: 'response',
  created_at: 1_741_476_542,
  status,
  error: null,
  incomplete_details: null,
  model: 'gpt-5-pro-2025-10-06',
  output: [],
  store: false,
  usage: null,
  ...fields,
})
const usage = (input: number, output: number, more: object = {}) => ({
  usage: { input_tokens: input, output_tokens: output, total_tokens: input + output, ...more },
})
const begin = [
  { type: 'response.created', response: response('in_progress') },
  { type: 'response.in_progress', response: response('in_progress') },
] as const
const place = { item_id: 'msg_1', output_index: 1, content_index: 0 }
const part = (text: string) => ({ type: 'output_text', text, annotations: [] })
const message = (text: string, status = 'completed') => ({
  id: 'msg_1',
  type: 'message',
  status,
  role: 'assistant',
  content: text === '' ? [] : [part(text)],
})
const open = [
  { type: 'response.output_item.added', output_index: 1, item: message('', 'in_progress') },
  { type: 'response.content_part.added', ...place, part: part('') },
] as const
const delta = (text: string, more: object = {}): Event => ({
  type: 'response.output_text.delta',
  ...place,
  delta: text,
  ...more,
})
const close = (text: string) =>
  [
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part: part(text) },
    { type: 'response.output_item.done', output_index: 1, item: message(text) },
  ] as const
const completed = (fields: object) => ({ type: 'response.completed', response: response('completed', fields) })

const ANSWER = 'They sleep 16 hours [1].'
const TEXT = { text: ANSWER, finishReason: 'stop' } as const

const openai: ResponsesVendor = {
  name: 'OpenAI',
  replays: {
    answer: {
      source: 'platform.openai.com/docs/api-reference/responses-streaming',
      wire: events(
        ...begin,
        { type: 'response.output_item.added', output_index: 0, item: { id: 'rs_1', type: 'reasoning', summary: [] } },
        { type: 'keepalive' },
        { type: 'response.output_item.done', output_index: 0, item: { id: 'rs_1', type: 'reasoning', summary: [] } },
        ...open,
        delta('They sleep', { obfuscation: 'a8XkQ', logprobs: [] }),
        delta(' 16 hours', { obfuscation: 'q', logprobs: [] }),
        delta(' [1].', { obfuscation: 'Zp0', logprobs: [] }),
        ...close(ANSWER),
        completed({
          output: [message(ANSWER)],
          ...usage(120, 200, { output_tokens_details: { reasoning_tokens: 192 } }),
        }),
      ),
      expected: { ...TEXT, usage: [120, 200, 320], thinks: true },
    },
    summary: {
      source: 'platform.openai.com/docs/guides/reasoning',
      wire: events(
        ...begin,
        { type: 'response.reasoning_summary_part.added', summary_index: 0, part: { type: 'summary_text', text: '' } },
        { type: 'response.reasoning_summary_text.delta', summary_index: 0, delta: '**Cats** [1]' },
        { type: 'response.reasoning_summary_text.done', summary_index: 0, text: '**Cats** [1]' },
        delta(ANSWER),
        completed(usage(5, 3)),
      ),
      expected: { ...TEXT, usage: [5, 3, 8], thinks: true },
    },
    commentary: {
      source: 'openai-node 6, EasyInputMessage.phase',
      wire: events(
        ...begin,
        {
          type: 'response.output_item.added',
          output_index: 0,
          item: { ...message('', 'in_progress'), phase: 'commentary' },
        },
        { ...delta('I look at the sources.'), output_index: 0 },
        { type: 'response.output_text.done', output_index: 0, text: 'I look at the sources.' },
        { type: 'response.output_item.added', output_index: 1, item: { ...message(''), phase: 'final_answer' } },
        delta(ANSWER),
        ...close(ANSWER),
        completed({ output: [{ ...message('I look'), phase: 'commentary' }, message(ANSWER)] }),
      ),
      expected: { ...TEXT, thinks: true },
    },
    refusal: {
      source: 'platform.openai.com/docs/api-reference/responses-streaming/response/refusal/delta',
      wire: events(
        ...begin,
        { type: 'response.refusal.delta', ...place, delta: "I'm sorry," },
        { type: 'response.refusal.delta', ...place, delta: ' I cannot help with that.' },
        { type: 'response.refusal.done', ...place, refusal: "I'm sorry, I cannot help with that." },
        completed({}),
      ),
      expected: { text: "I'm sorry, I cannot help with that.", finishReason: 'stop' },
    },
    length: {
      source: 'langchain-ai/langchain 33840',
      wire: events(...begin, delta('They sleep'), {
        type: 'response.incomplete',
        response: response('incomplete', { incomplete_details: { reason: 'max_output_tokens' }, ...usage(9, 16) }),
      }),
      expected: { text: 'They sleep', finishReason: 'length', usage: [9, 16, 25] },
    },
    'nested-error': {
      source: 'QuantumNous/new-api PR 6549',
      wire: events(...begin, delta('They'), {
        type: 'error',
        error: { type: 'tokens', code: 'rate_limit_exceeded', message: 'Rate limit reached for gpt-5.1', param: null },
      }),
      expected: { code: 'upstream-rate-limited', cause: 'Rate limit reached' },
    },
    'flat-error': {
      source: 'platform.openai.com/docs/api-reference/responses-streaming/error',
      wire: events(...begin, { type: 'error', code: 'server_error', message: 'The server had an error', param: null }),
      // The client throws the whole event, or only its text.
      expected: { code: 'upstream-unavailable', cause: 'The server had an error' },
    },
    failed: {
      source: 'openai/codex codex-rs/core/src/client.rs',
      wire: events(...begin, {
        type: 'response.failed',
        response: response('failed', {
          error: { code: 'rate_limit_exceeded', message: 'Please try again in 11.054s' },
        }),
      }),
      expected: { code: 'upstream-rate-limited', cause: 'try again' },
    },
    'invalid-prompt': {
      source: 'platform.openai.com/docs/guides/reasoning#advice-on-prompting',
      wire: events(...begin, {
        type: 'response.failed',
        response: response('failed', {
          error: { code: 'invalid_prompt', message: 'potentially violating our usage policy' },
        }),
      }),
      expected: { code: 'upstream-rejected', cause: 'usage policy' },
    },
  },
}

const SAFE = { hate: { filtered: false, severity: 'safe' }, violence: { filtered: false, severity: 'safe' } }

const azure: ResponsesVendor = {
  name: 'Azure OpenAI',
  replays: {
    answer: {
      source: 'learn.microsoft.com/azure/ai-foundry/openai/how-to/responses',
      wire: events(
        ...begin,
        ...open,
        delta('They sleep'),
        delta(' 16 hours [1].'),
        ...close(ANSWER),
        completed({
          output: [message(ANSWER)],
          content_filters: [{ blocked: false, source_type: 'completion', content_filter_results: SAFE }],
          ...usage(12, 17),
        }),
      ),
      expected: { ...TEXT, usage: [12, 17, 29] },
    },
    'filtered-answer': {
      source: 'learn.microsoft.com/azure/ai-foundry/openai/how-to/responses',
      wire: events(...begin, delta('They'), {
        type: 'response.incomplete',
        response: response('incomplete', { incomplete_details: { reason: 'content_filter' } }),
      }),
      expected: { text: 'They', finishReason: 'content-filter' },
    },
  },
}

const vllm: ResponsesVendor = {
  name: 'vLLM',
  replays: {
    answer: {
      source: 'vllm-project/vllm vllm/entrypoints/openai/responses/streaming_events.py',
      wire: events(
        ...begin,
        { type: 'response.reasoning_part.added', item_id: 'rs_1', part: { type: 'reasoning_text', text: '' } },
        { type: 'response.reasoning_text.delta', item_id: 'rs_1', content_index: 0, delta: 'Cats [1]' },
        { type: 'response.reasoning_text.done', item_id: 'rs_1', content_index: 0, text: 'Cats [1]' },
        ...open,
        delta('They sleep'),
        delta(' 16 hours [1].'),
        ...close(ANSWER),
        completed({ output: [message(ANSWER)], ...usage(31, 9) }),
      ),
      expected: { ...TEXT, usage: [31, 9, 40], thinks: true },
    },
    length: {
      source: 'vllm-project/vllm PR 45386; vllm-project/agentic-api 273',
      wire: events(...begin, delta('They sleep'), {
        type: 'response.completed',
        response: response('incomplete', { incomplete_details: { reason: 'max_output_tokens' }, ...usage(31, 16) }),
      }),
      expected: { text: 'They sleep', finishReason: 'length', usage: [31, 16, 47] },
    },
  },
}

const ollama: ResponsesVendor = {
  name: 'Ollama',
  replays: {
    answer: {
      source: 'ollama/ollama openai/responses.go',
      wire: events(
        ...begin,
        {
          type: 'response.reasoning_summary_text.delta',
          item_id: 'rs_7',
          output_index: 0,
          summary_index: 0,
          delta: 'Hm',
        },
        ...open,
        delta('They sleep', { logprobs: [] }),
        delta(' 16 hours [1].', { logprobs: [] }),
        ...close(ANSWER),
        completed({ output: [message(ANSWER)], ...usage(26, 8) }),
      ),
      expected: { ...TEXT, usage: [26, 8, 34], thinks: true },
    },
    'broken-off': {
      source: 'ollama/ollama 17118',
      wire: events(...begin, { type: 'response.reasoning_summary_text.delta', summary_index: 0, delta: 'Hm' }),
      expected: { code: 'upstream-incomplete' },
    },
  },
}

const lmStudio: ResponsesVendor = {
  name: 'LM Studio',
  replays: {
    answer: {
      source: 'lmstudio-ai/lmstudio-bug-tracker 1154',
      wire: events(
        ...begin,
        ...open,
        delta('They sleep'),
        delta(' 16 hours [1].'),
        ...close(ANSWER),
        completed(usage(14, 7)),
      ),
      expected: { ...TEXT, usage: [14, 7, 21] },
    },
    'error-event': {
      source: 'lmstudio-ai/lmstudio-bug-tracker 237, 2322',
      wire: 'event: error\ndata: {"error":{"message":"The model has crashed without additional information."}}\n\n',
      expected: { code: 'upstream-unavailable', cause: 'The model has crashed' },
    },
  },
}

const openrouter: ResponsesVendor = {
  name: 'OpenRouter',
  replays: {
    answer: {
      source: 'openrouter.ai/docs/api/reference/responses/basic-usage',
      wire: `: OPENROUTER PROCESSING\n\n${events(
        ...begin,
        { type: 'response.reasoning_text.delta', item_id: 'rs_1', content_index: 0, delta: 'Hm' },
        ...open,
        delta('They sleep'),
        delta(' 16 hours [1].'),
        ...close(ANSWER),
        completed({ output: [message(ANSWER)], ...usage(12, 9, { cost: 0.0013 }) }),
      )}data: [DONE]\n\n`,
      expected: { ...TEXT, usage: [12, 9, 21], thinks: true },
    },
    failed: {
      source: 'openrouter.ai/docs/api/reference/responses/error-handling',
      wire: `${events(...begin, {
        type: 'response.failed',
        response: response('failed', { error: { code: 'server_error', message: 'Provider returned error' } }),
      })}data: [DONE]\n\n`,
      expected: { code: 'upstream-unavailable', cause: 'Provider returned error' },
    },
  },
}

/** The vendors of the table in docs/guides/models.md, in its order. */
export const responsesVendors: readonly ResponsesVendor[] = [openai, azure, vllm, ollama, lmStudio, openrouter]
