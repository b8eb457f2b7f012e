import * as z from 'zod'
import type { RetrievedChunk } from '../../core/vocabulary/retriever.ts'
import type { McpCall } from './mcp-call.ts'
import type { Tool } from './tool.ts'
import type { ResolvedToolOptions } from './tool-options.ts'
import { toToolResult } from './tool-result.ts'

// `id`, `title` and `url` are the fields that ChatGPT reads.
const RESULT = z.object({
  id: z.string().describe('Id of the document, for the tool fetch'),
  title: z.string(),
  url: z.string().describe('Address of the document; empty if it has none'),
  text: z.string().describe('The passages that were found'),
  score: z.number().optional().describe('Score of the best passage; higher is better'),
})

type SearchResult = z.infer<typeof RESULT>

/** Creates the tool `search`: it finds passages, and returns them by document, the best document first. */
export function createSearchTool(options: ResolvedToolOptions, { scope }: McpCall): Tool {
  const { about, retriever, topK } = options
  return {
    title: 'Search',
    description: `Searches ${about} and returns the passages that fit a query, by document. Read a whole document with fetch.`,
    argument: { name: 'query', description: 'Words or a question to search for' },
    output: z.object({ results: z.array(RESULT) }),
    failure: 'retrieval-failed',
    async answer(query, { signal }) {
      const found = await retriever?.retrieve(query, { topK, signal, ...(scope !== undefined && { scope }) })
      return toToolResult({ results: toResults(found ?? [], options) })
    },
  }
}

function toResults(found: readonly RetrievedChunk[], { address, topK }: ResolvedToolOptions): readonly SearchResult[] {
  const results = new Map<string, SearchResult>()
  for (const { chunk, score } of found.slice(0, topK)) {
    const { documentId, title, text, location } = chunk
    const known = results.get(documentId)
    if (known) {
      known.text += `\n\n${text}`
      continue
    }
    const url = address(chunk, location?.page)
    results.set(documentId, {
      id: documentId,
      title: title ?? documentId,
      url,
      text,
      ...(score !== undefined && { score }),
    })
  }
  return [...results.values()]
}
