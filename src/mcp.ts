export { mcp } from './dialects/mcp/mcp-dialect.ts'
export { serveMcpOverStdio, type McpStdioOptions } from './dialects/mcp/serve-mcp-over-stdio.ts'

export type { McpDocumentInfo } from './dialects/mcp/address.ts'
export type { McpOptions } from './dialects/mcp/options.ts'
export type {
  McpDocument,
  McpFetch,
  McpKnowledge,
  McpReadOptions,
  McpScopes,
  McpTool,
  McpToolOptions,
} from './dialects/mcp/tool-options.ts'
