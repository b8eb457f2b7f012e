import type { ChatEvent } from '../vocabulary/events.ts'
import type { StageReport } from '../vocabulary/stage-report.ts'
import type { ChatHooks } from '../options/chat-options.ts'
import type { RetrievedChunk } from '../vocabulary/retriever.ts'
import { estimateTokens } from '../text/estimate-tokens.ts'
import { expectFunction } from '../options/validate.ts'

/**
 * Makes hooks that print the progress of a run, one line per stage: the question and the query, the chunks with their
 * scores before and after reranking, the gate, the prompt's size, the first token, the citations with their support,
 * usage and timings.
 *
 * @example
 * ```ts
 * import { streamChat, traceHooks, type StreamChatOptions } from 'ragwire'
 * declare const options: StreamChatOptions
 * const stream = streamChat({ ...options, ...traceHooks(console.log) })
 * ```
 */
export function traceHooks(print: (line: string) => void): {
  readonly [Hook in 'onEvent' | 'onStage' | 'onError']: NonNullable<ChatHooks[Hook]>
} {
  expectFunction('print', print)
  let answering = false
  return {
    onStage: (report) => print(describeStage(report)),
    onError: (error) => print(`error ${error.code}: ${error.message}`),
    onEvent(event) {
      const line = event.type === 'token' && answering ? undefined : describeEvent(event)
      answering = event.type === 'token' || (answering && event.type !== 'start')
      if (line !== undefined) print(line)
    },
  }
}

function describeStage(report: StageReport): string {
  switch (report.stage) {
    case 'retrieved':
      return `retrieved ${report.chunks.length} for ${JSON.stringify(report.query)}: ${scores(report.chunks)}`
    case 'gated':
      return `evidence ${report.passed ? 'passed' : 'refused'}: best ${figure(report.best)}, needed ${figure(report.minScore)}`
    case 'reranked':
      return `reranked ${report.chunks.length}: ${scores(report.chunks)}`
    case 'prompted': {
      const text = report.messages.map(({ content }) => content).join('\n')
      return `prompt ${report.messages.length} messages, ${text.length} characters, about ${estimateTokens(text)} tokens`
    }
    case 'generated': {
      const raw = report.rawFinishReason === undefined ? '' : ` (${JSON.stringify(report.rawFinishReason)})`
      return `generated, ended with ${report.finishReason}${raw}`
    }
  }
}

function describeEvent(event: ChatEvent): string | undefined {
  switch (event.type) {
    case 'start':
      return `run ${event.runId}${event.threadId === undefined ? '' : ` of thread ${event.threadId}`}`
    case 'query':
      return `question ${JSON.stringify(event.question)}, query ${JSON.stringify(event.query)}`
    case 'source':
      return `source [${event.source.number}] ${event.source.title} (${figure(event.source.score)})`
    case 'token':
      return 'first token'
    case 'support':
      return `citation ${event.index} ${event.support}${event.reasons.length > 0 ? `: ${event.reasons.join(', ')}` : ''}`
    case 'warning':
      return `warning ${event.code}`
    case 'done': {
      const { finishReason, usage, timings } = event
      const tokens = `${usage.inputTokens} in, ${usage.outputTokens} out${usage.estimated ? ' (estimated)' : ''}`
      return `done ${finishReason}: ${tokens}; ${JSON.stringify(timings)} ms`
    }
    case 'error':
      return `failed ${event.code} while ${event.phase}`
    default:
      return undefined
  }
}

function scores(chunks: readonly RetrievedChunk[]): string {
  return chunks.map(({ chunk, score }) => `${chunk.chunkId} ${figure(score)}`).join(', ')
}

function figure(value: number | undefined): string {
  return value === undefined ? 'none' : value.toFixed(3)
}
