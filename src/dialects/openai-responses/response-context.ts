import type { DialectCall } from '../dialect-route.ts'
import type { ResponsesRequest } from './request.ts'
import type { ResolvedResponsesOptions } from './options.ts'
import type { ResponseContext } from './response-object.ts'
import { timeOfRunId } from './run-ids.ts'

/** Returns the context of a response without a request, as a sink sends it. */
export function defaultContext(options: ResolvedResponsesOptions): ResponseContext {
  return {
    model: options.defaultModel,
    previousResponseId: null,
    metadata: {},
    tools: [],
    background: false,
    store: false,
    search: options.fileSearch !== 'none',
    results: showsResults(options, []),
  }
}

/** Returns the context of a response that is looked up. The request is not stored, so its fields have the defaults. */
export async function contextOfRun(
  runId: string,
  call: DialectCall,
  options: ResolvedResponsesOptions,
): Promise<ResponseContext> {
  const include = [...call.url.searchParams.getAll('include'), ...call.url.searchParams.getAll('include[]')]
  return {
    ...defaultContext(options),
    store: call.history !== undefined,
    results: showsResults(options, include),
    createdAt: timeOfRunId(runId) ?? (await call.history?.find(runId))?.createdAt,
  }
}

/** Returns the part of a context that a request decides. */
export function echoOf(request: ResponsesRequest, options: ResolvedResponsesOptions) {
  const { include, metadata, tools, background, previous_response_id } = request
  return {
    previousResponseId: previous_response_id ?? null,
    metadata: metadata ?? {},
    tools: tools ?? [],
    background: background ?? false,
    results: showsResults(options, include ?? []),
  }
}

function showsResults({ fileSearch }: ResolvedResponsesOptions, include: readonly string[]): boolean {
  return fileSearch === 'with-results' || (fileSearch === 'on-request' && include.includes('file_search_call.results'))
}
