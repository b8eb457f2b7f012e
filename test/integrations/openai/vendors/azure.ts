import { reasoningModelRules } from './openai.ts'
import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const { delta, root } = chunksWith({
  id: 'chatcmpl-8PNZz2f8dnCVFyLj0AFWVnBlp5bPq',
  object: 'chat.completion.chunk',
  created: 1741569952,
  model: 'gpt-5-mini-2025-08-07',
  system_fingerprint: 'fp_4a331a0222',
})

const SAFE = {
  hate: { filtered: false, severity: 'safe' },
  self_harm: { filtered: false, severity: 'safe' },
  sexual: { filtered: false, severity: 'safe' },
  violence: { filtered: false, severity: 'safe' },
}
const NAMELESS = { id: '', object: '', created: 0, model: '' }
const promptFilter = {
  ...NAMELESS,
  choices: [],
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: { ...SAFE, jailbreak: { filtered: false } } }],
}
const role = delta({ role: 'assistant', content: '', refusal: null })
const text = (content: string) => delta({ content }, { content_filter_results: SAFE })

/** Azure OpenAI, which adds the results of its content filters. */
export const azure: Vendor = {
  name: 'Azure OpenAI',
  model: 'my-deployment',
  replays: {
    answer: {
      source: 'Azure/azure-sdk-for-go 21086; rksm/org-ai 90',
      wire: events(
        promptFilter,
        role,
        text('They sleep'),
        text(' 16 hours [1].'),
        delta({}, { finish_reason: 'stop' }),
        root(usageOf(12, 17)),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [12, 17, 29] },
    },
    'filter-without-delta': {
      source: 'microsoft/autogen 6465; langchain-ai/langchain 18977',
      wire: events(
        promptFilter,
        role,
        delta({ content: 'They sleep' }),
        {
          ...NAMELESS,
          choices: [
            {
              index: 0,
              finish_reason: null,
              content_filter_results: SAFE,
              content_filter_offsets: { check_offset: 44, start_offset: 44, end_offset: 198 },
            },
          ],
          usage: null,
        },
        delta({ content: ' 16 hours.' }),
        delta({}, { finish_reason: 'stop' }),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours.', finishReason: 'stop' },
    },
    'filtered-answer': {
      source: 'learn.microsoft.com/azure/ai-services/openai/concepts/content-filter',
      wire: events(promptFilter, role, text('They'), delta({}, { finish_reason: 'content_filter' }), '[DONE]'),
      expected: { text: 'They', finishReason: 'content-filter' },
    },
    'filtered-prompt': {
      source: 'learn.microsoft.com/azure/ai-services/openai/concepts/content-filter',
      status: 400,
      contentType: 'application/json',
      wire: JSON.stringify({
        error: {
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: { code: 'ResponsibleAIPolicyViolation' },
        },
      }),
      expected: { code: 'upstream-rejected', cause: 'content management policy' },
    },
  },
  rules: reasoningModelRules,
}
