import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server'
import type * as z from 'zod'
import type { ErrorCode } from '../../core/vocabulary/error-codes.ts'
import type { McpCall } from './mcp-call.ts'
import type { ResolvedToolOptions } from './tool-options.ts'

/** A tool, as it is registered for one request. */
export interface Tool {
  /** Its name for a reader. */
  readonly title: string
  /** Tells the model of the client when to use it. */
  readonly description: string
  /** Its one argument. */
  readonly argument: { readonly name: string; readonly description: string }
  /** The form of its `structuredContent`. */
  readonly output: z.ZodObject
  /** The code of an error that has none. */
  readonly failure: ErrorCode
  /** Answers a call. `input` is the argument without white space at its ends; it is not empty. */
  answer(input: string, context: ToolContext): Promise<CallToolResult>
}

/** The facts of a call of a tool. */
export interface ToolContext {
  /** Ends the call. */
  readonly signal: AbortSignal
  /** The request, for notifications. */
  readonly mcpReq: ServerContext['mcpReq']
}

/** Creates a tool for one request. */
export type CreateTool = (options: ResolvedToolOptions, call: McpCall) => Tool
