import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ERROR_CODES } from '../../../src/index.ts'
import { STATUS_OF } from '../../../src/http/http-error.ts'
import { openBench } from '../support/bench.ts'

describe('GET /openapi.json', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator()
    expect(await validator.validate(await readDocument())).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('needs no scope, and contains nothing about it', async () => {
    const bench = openBench({ scope: () => Promise.reject(new Error('nobody')) })
    expect((await bench.send('GET', '/openapi.json')).status).toBe(200)
    expect(bench.errors).toEqual([])
  })

  it('describes all existing routes, and no others', async () => {
    const document = await readDocument()
    const described = Object.entries(document['paths'] as object).map(([path, methods]) => {
      const allow = Object.keys(methods as object).map((method) => method.toUpperCase())
      return [path, allow.join(', ')]
    })
    const bench = openBench()
    for (const [path = '', allow] of described) {
      const { status, headers } = await bench.send('HEAD', path.replace(/\{\w+\}/u, 'id'))
      expect([path, status, headers.get('allow')]).toEqual([path, 405, allow])
    }
    expect(described).toHaveLength(8)
  })

  it('describes a status for every error code', async () => {
    const document = await readDocument()
    const responses = Object.keys((document['components'] as { responses: object }).responses)
    for (const code of ERROR_CODES) expect(responses).toContain(String(STATUS_OF[code]))
  })

  it('describes the limits of this handler', async () => {
    expect(fieldsOf(await readDocument({ history: undefined } as never))).toEqual(['question', 'threadId', 'runId'])
    const filter = z.object({ year: z.number() })
    expect(fieldsOf(await readDocument({ filter, answering: { maxQuestionChars: 77 } }))).toEqual([
      'question',
      'threadId',
      'runId',
      'replaces',
      'filter',
    ])
    const document = await readDocument({ answering: { maxQuestionChars: 77 } })
    expect(document).toHaveProperty('components.schemas.ChatRequest.properties.question.maxLength', 77)
    expect(document).toHaveProperty('components.schemas.ChatRequest.additionalProperties', false)
    const unlimited = await readDocument({ answering: { maxQuestionChars: Infinity } })
    expect(unlimited).not.toHaveProperty('components.schemas.ChatRequest.properties.question.maxLength')
  })

  it('contains all referenced schemas, and no internal identifiers', async () => {
    const document = await readDocument()
    const text = JSON.stringify(document)
    const refs = [...text.matchAll(/"\$ref":"#\/([^"]+)"/gu)].map(([, ref = '']) => ref.split('/'))
    for (const keys of refs) expect(keys.reduce<unknown>(step, document), keys.join('/')).toBeTypeOf('object')
    expect(refs.length).toBeGreaterThan(10)
    expect(text).not.toMatch(/"\$(?:id|schema|defs)"/u)
  })
})

function step(value: unknown, key: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[key]
}

async function readDocument(options?: Parameters<typeof openBench>[0]): Promise<Record<string, unknown>> {
  return (await openBench(options).send('GET', '/openapi.json')).json
}

function fieldsOf(document: Record<string, unknown>): readonly string[] {
  const { components } = document as { components: { schemas: { ChatRequest: { properties: object } } } }
  return Object.keys(components.schemas.ChatRequest.properties)
}
