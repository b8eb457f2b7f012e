// The package `openai` as the client of examples/openai-client/server.ts. Each step checks what it got.
// node examples/openai-client/client.ts http://127.0.0.1:3000/v1
import assert from 'node:assert/strict'
import OpenAI from 'openai'

const QUESTION = 'How long can I return an item?'

/** Runs every step against a server, and returns the names of the steps. */
export async function useServer(baseURL: string): Promise<readonly string[]> {
  const client = new OpenAI({ apiKey: 'the-key-of-ann', baseURL })
  const steps = {
    askWhole,
    streamWithCitations,
    stopAnAnswer,
    resumeAnAnswer,
    continueAConversation,
    askForAnotherModel,
  }
  for (const step of Object.values(steps)) await step(client)
  return Object.keys(steps)
}

async function askWhole(client: OpenAI): Promise<void> {
  const response = await client.responses.create({ model: 'shop', input: QUESTION })
  assert.match(response.output_text, /thirty days/)
  // The sources are the results of a file search.
  const [search] = response.output
  assert.equal(search?.type, 'file_search_call')
  const texts = search.results?.map(({ text }) => text) ?? []
  assert.ok(texts.includes('Unused items can be returned within thirty days of delivery.'))
}

async function streamWithCitations(client: OpenAI): Promise<void> {
  const stream = await client.responses.create({ model: 'shop', input: QUESTION, stream: true })
  let text = ''
  const cited: string[] = []
  for await (const event of stream) {
    if (event.type === 'response.output_text.delta') text += event.delta
    if (event.type !== 'response.output_text.annotation.added') continue
    // A source with a URL is a `url_citation` with the range of its marker; another one is a `file_citation`.
    if (event.annotation?.type === 'url_citation') cited.push(event.annotation.url)
  }
  assert.match(text, /thirty days.*\[1\]/)
  assert.deepEqual(new Set(cited), new Set(['https://shop.example/returns']))
}

async function stopAnAnswer(client: OpenAI): Promise<void> {
  const { id } = await client.responses.create({ model: 'shop', input: QUESTION, background: true })
  const stopped = await client.responses.cancel(id)
  assert.equal(stopped.status, 'cancelled')
  assert.equal((await client.responses.retrieve(id)).status, 'cancelled')
}

async function resumeAnAnswer(client: OpenAI): Promise<void> {
  const stream = await client.responses.create({ model: 'shop', input: QUESTION, stream: true })
  let id = ''
  let last = 0
  let text = ''
  for await (const event of stream) {
    last = event.sequence_number
    if (event.type === 'response.created') id = event.response.id
    if (event.type !== 'response.output_text.delta') continue
    text += event.delta
    // Leaving the loop closes the connection.
    break
  }
  const rest = await client.responses.retrieve(id, { stream: true, starting_after: last })
  for await (const event of rest) {
    if (event.type === 'response.output_text.delta') text += event.delta
  }
  assert.equal(text, (await client.responses.retrieve(id)).output_text)
}

async function continueAConversation(client: OpenAI): Promise<void> {
  const first = await client.responses.create({ model: 'shop', input: QUESTION })
  const second = await client.responses.create({
    model: 'shop',
    input: 'When are orders shipped?',
    previous_response_id: first.id,
  })
  assert.deepEqual(second.conversation, first.conversation)
  assert.match(second.output_text, /next working day/)
}

async function askForAnotherModel(client: OpenAI): Promise<void> {
  const asked = client.responses.create({ model: 'another', input: QUESTION })
  await assert.rejects(asked, { status: 404, code: 'model_not_found' })
}

if (process.argv[1] === import.meta.filename) {
  console.log(await useServer(process.argv[2] ?? 'http://127.0.0.1:3000/v1'))
}
