import type { AiSdkModel } from '../../../src/ai-sdk.ts'
import { dataEvent, type Provider } from './provider.ts'

interface CreateProvider {
  (settings: { readonly apiKey: string; readonly baseURL: string }): (modelId: string) => AiSdkModel
}

/** The Gemini API of Google. Source: ai.google.dev/api/generate-content */
export function googleProvider(name: string, createGoogle: CreateProvider): Provider {
  return {
    name,
    model: (baseURL) => createGoogle({ apiKey: 'key', baseURL })('gemini-2.5-flash'),
    path: '/v1/models/gemini-2.5-flash:streamGenerateContent',
    start: '',
    text: (text) => chunk({ content: { parts: [{ text }], role: 'model' } }),
    thought: (text) => chunk({ content: { parts: [{ text, thought: true }], role: 'model' } }),
    finish: (reason = 'STOP') => chunk({ content: { parts: [{ text: '' }], role: 'model' }, finishReason: reason }, 15),
    overloaded: dataEvent({ error: { code: 503, message: 'sk-canary-0000', status: 'UNAVAILABLE' } }),
    failure: (code, message) => ({ error: { code, message, status: STATUSES.get(code) ?? 'INTERNAL' } }),
    reasons: [
      ['STOP', 'stop'],
      ['MAX_TOKENS', 'length'],
      ['SAFETY', 'content-filter'],
      ['RECITATION', 'content-filter'],
    ],
  }
}

const STATUSES: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [429, 'RESOURCE_EXHAUSTED'],
  [503, 'UNAVAILABLE'],
])

function chunk(candidate: object, candidatesTokenCount = 1): string {
  return dataEvent({
    candidates: [{ ...candidate, index: 0 }],
    usageMetadata: { promptTokenCount: 25, candidatesTokenCount, totalTokenCount: 25 + candidatesTokenCount },
    modelVersion: 'gemini-2.5-flash',
    responseId: 'response-1',
  })
}
