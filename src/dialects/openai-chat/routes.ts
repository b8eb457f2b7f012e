import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { DialectAnswer, DialectCall, DialectRoute } from '../dialect-route.ts'
import type { Encoding } from '../encoding.ts'
import { listModels, servesModel, unknownModel } from '../openai-models.ts'
import { quoted } from '../quoted.ts'
import { toSeconds } from '../to-seconds.ts'
import { toCompletion, toCompletionId } from './completion.ts'
import type { ResolvedOpenAIChatOptions } from './options.ts'
import { requestSchema, parseRequest } from './request.ts'

/** The part of a request that its stream depends on. */
export interface StreamRequest {
  /** The name of the model, as the client sent it. */
  readonly model: string
  /** True if the stream has a chunk with the usage. */
  readonly includeUsage: boolean
}

/** Creates the routes. `toEncoding` returns the encoding of one stream. */
export function createRoutes(
  options: ResolvedOpenAIChatOptions,
  toEncoding: (request: StreamRequest) => Encoding,
): readonly DialectRoute[] {
  const { path, models, now } = options
  const created = toSeconds(now())
  const toModel = (id: string): object => ({ id, object: 'model', created, owned_by: 'ragwire' })
  return [
    {
      method: 'POST',
      path: `${path}/chat/completions`,
      summary: 'Answers a question as a chat completion of OpenAI, streamed if `stream` is true',
      request: requestSchema(),
      answer: (call) => complete(call, options, toEncoding),
    },
    {
      method: 'GET',
      path: `${path}/models`,
      summary: 'Lists the names that a request may have as its model',
      response: { type: 'object', required: ['object', 'data'] },
      answer: async (call) => {
        await askForScope(call)
        return { body: { object: 'list', data: listModels(models).map(toModel) } }
      },
    },
    {
      method: 'GET',
      path: `${path}/models/{model}`,
      summary: 'Returns one model',
      response: { type: 'object', required: ['id', 'object'] },
      answer: async (call) => {
        await askForScope(call)
        return servesModel(models, call.id) ? { body: toModel(call.id) } : unknownModel(call.id)
      },
    },
  ]
}

// Front ends check their key by this route, so the application must be able to refuse it. Looking for a run asks for the
// scope.
async function askForScope(call: DialectCall): Promise<void> {
  await call.findActiveRun('')
}

async function complete(
  call: DialectCall,
  options: ResolvedOpenAIChatOptions,
  toEncoding: (request: StreamRequest) => Encoding,
): Promise<DialectAnswer> {
  refuseTask(call.request)
  const body = await call.readJson()
  const { question, messages, stream, ...request } = parseRequest(body)
  const { model } = request
  if (!servesModel(options.models, model)) return unknownModel(model)
  const threadId = options.threadId(call.request, body)
  const run = await call.ask({ question, messages, ...(threadId !== undefined && { threadId }) })
  // The clients of OpenAI show it to their users as the id of the request.
  const headers = { 'x-request-id': run.runId }
  if (stream) {
    const encoding = toEncoding(request)
    return { events: run.read(), encoding: { ...encoding, headers: { ...encoding.headers, ...headers } } }
  }
  const result = await call.resultOf(run.read())
  const head = { id: toCompletionId(run.runId), created: toSeconds(options.now()), model }
  return { headers, body: toCompletion(result, head, options.sources) }
}

// Open WebUI asks the same route for titles, tags and follow-up questions. Its administrator can name the task in this
// header; otherwise such a request cannot be recognised.
function refuseTask({ headers }: Request): void {
  const task = headers.get('x-openwebui-task')
  if (!task) return
  const message = `Cannot do the task ${quoted(task)}: this server answers questions only; choose another task model`
  throw invalidInput('x-openwebui-task', message)
}
