import * as z from 'zod'
import { cutText } from '../../core/text/cut-text.ts'
import type { McpCall } from './mcp-call.ts'
import type { Tool } from './tool.ts'
import type { McpDocument, ResolvedToolOptions } from './tool-options.ts'
import { toToolError, toToolResult } from './tool-result.ts'

// The fields that ChatGPT reads.
const OUTPUT = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string().describe('The whole text of the document'),
  url: z.string().describe('Address of the document; empty if it has none'),
  metadata: z.record(z.string(), z.unknown()),
})

/** Creates the tool `fetch`: it returns a whole document. */
export function createFetchTool(options: ResolvedToolOptions, { scope }: McpCall): Tool {
  const { about, fetch } = options
  return {
    title: 'Fetch',
    description: `Returns the whole text of one document of ${about}, by the id of a result of search.`,
    argument: { name: 'id', description: 'Id of the document' },
    output: OUTPUT,
    failure: 'retrieval-failed',
    async answer(id, { signal }) {
      const document = await fetch?.(id, { signal, ...(scope !== undefined && { scope }) })
      // The same for a document that the caller must not read.
      if (!document) return toToolError(`There is no document ${JSON.stringify(id)}: use an id of a result of search`)
      return toToolResult(toOutput(document, options))
    },
  }
}

function toOutput(
  document: McpDocument,
  { address, sourceMetadata, maxTextChars }: ResolvedToolOptions,
): z.infer<typeof OUTPUT> {
  const { documentId, title = documentId, text, metadata = {} } = document
  const isLong = text.length > maxTextChars
  return {
    id: documentId,
    title,
    text: isLong ? `${cutText(text, maxTextChars)}\n\n[The text is longer: it was cut here]` : text,
    url: address(document),
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => sourceMetadata.includes(key))),
  }
}
