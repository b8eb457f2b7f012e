import * as z from 'zod'
import { FINISH_REASONS, type ChatResult } from '../../core/vocabulary/result.ts'
import { SUPPORTS, type CheckedCitation } from '../../core/vocabulary/citations.ts'
import { collectAnswer } from './collect-answer.ts'
import type { McpCall } from './mcp-call.ts'
import { createProgress } from './progress.ts'
import type { Tool } from './tool.ts'
import type { ResolvedToolOptions } from './tool-options.ts'
import { toToolError, toToolResult } from './tool-result.ts'

const OUTPUT = z.object({
  answer: z.string().describe('The answer; a number in brackets cites the source with this number'),
  sources: z.array(
    z.object({
      number: z.number(),
      id: z.string().describe('Id of the document, for the tool fetch'),
      title: z.string(),
      url: z.string().describe('Address of the document; empty if it has none'),
      text: z.string(),
    }),
  ),
  citations: z.array(
    z.object({
      number: z.number().describe('Number of the cited source'),
      start: z.number().describe('Offset of the marker in the answer, in UTF-16 code units'),
      end: z.number(),
      support: z.enum(SUPPORTS).optional().describe('The degree to which the source covers the sentence'),
    }),
  ),
  support: z
    .object({ supported: z.number(), weak: z.number(), unsupported: z.number() })
    .describe('Citations by support'),
  finishReason: z.enum(FINISH_REASONS),
})

/** Creates the tool `ask`: it returns the checked answer to a question, with its sources. */
export function createAskTool(options: ResolvedToolOptions, { ask }: McpCall): Tool {
  return {
    title: 'Ask',
    description: `Answers a question from ${options.about}, with numbered sources. Each citation is checked against its source.`,
    argument: { name: 'question', description: 'The question, complete in itself' },
    output: OUTPUT,
    failure: 'internal',
    async answer(question, { signal, mcpReq }) {
      const end = await collectAnswer(await ask(question, signal), { signal, onEvent: createProgress(mcpReq) })
      // The run has reported its failure, and the message contains no cause.
      if (end.type === 'error') return toToolError(end.message)
      const output = toOutput(end, options)
      return toToolResult(output, toText(output))
    },
  }
}

type AskOutput = z.infer<typeof OUTPUT>

function toOutput(
  { answer, sources, citations, finishReason }: ChatResult,
  { address }: ResolvedToolOptions,
): AskOutput {
  return {
    answer,
    sources: sources.map((source) => ({
      number: source.number,
      id: source.documentId,
      title: source.title,
      url: address(source, source.location?.page),
      text: source.text,
    })),
    citations: citations.map(({ number, start, end, support }) => ({
      number,
      start,
      end,
      ...(support && { support }),
    })),
    support: countSupport(citations),
    finishReason,
  }
}

function countSupport(citations: readonly CheckedCitation[]): AskOutput['support'] {
  const count = { supported: 0, weak: 0, unsupported: 0 }
  for (const { support } of citations) if (support) count[support] += 1
  return count
}

function toText({ answer, sources }: AskOutput): string {
  if (sources.length === 0) return answer
  const lines = sources.map(({ number, title, url }) => `[${number}] ${title}${url === '' ? '' : ` ${url}`}`)
  return `${answer}\n\nSources:\n${lines.join('\n')}`
}
