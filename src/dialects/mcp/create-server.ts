import type * as Sdk from '@modelcontextprotocol/server'
import * as z from 'zod'
import { createAskTool } from './ask-tool.ts'
import { createFetchTool } from './fetch-tool.ts'
import type { McpCall } from './mcp-call.ts'
import { createSearchTool } from './search-tool.ts'
import type { CreateTool } from './tool.ts'
import type { McpTool, ResolvedToolOptions } from './tool-options.ts'
import { answerTool } from './tool-result.ts'

const CREATE: Readonly<Record<McpTool, CreateTool>> = {
  search: createSearchTool,
  fetch: createFetchTool,
  ask: createAskTool,
}

/** Creates the server of one request, or of one connection over stdio. */
export function createServer(sdk: typeof Sdk, options: ResolvedToolOptions, call: McpCall): Sdk.McpServer {
  const { server: info, instructions, maxInputChars } = options
  const server = new sdk.McpServer(info, instructions === undefined ? {} : { instructions })
  for (const name of options.tools) {
    const { title, description, argument, output, failure, answer } = CREATE[name](options, call)
    const input = z.string().trim().min(1, 'It is blank').max(maxInputChars).describe(argument.description)
    server.registerTool(
      name,
      {
        title,
        description,
        inputSchema: z.strictObject({ [argument.name]: input }),
        outputSchema: output,
        annotations: { readOnlyHint: true, openWorldHint: false },
      },
      (given, { mcpReq }) =>
        call.run(mcpReq, (signal) =>
          answerTool(() => answer(String(given[argument.name]), { signal, mcpReq }), {
            signal,
            failure,
            report: call.report,
          }),
        ),
    )
  }
  return server
}
