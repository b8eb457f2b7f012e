import { describe, expect, it } from 'vitest'
import { FACTORIES, WRONG_ARGUMENTS, type Factory } from './factories.ts'

/** Returns the error of a call; anything that the call opens is closed. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    const made: unknown = await call()
    if (typeof made === 'object' && made !== null && Symbol.asyncDispose in made) {
      await (made as AsyncDisposable)[Symbol.asyncDispose]()
    }
    return undefined
  } catch (thrown) {
    return thrown
  }
}

const callWith = ({ call }: Factory, options: unknown) => failureOf(() => call(options as never))

/** The options that a function accepts, as listed in its own error message. */
async function namesOf(factory: Factory): Promise<readonly string[]> {
  const error = await callWith(factory, { ...factory.valid, qqqqqqqqqqqq: 1 })
  expect(error).toMatchObject({ name: 'TypeError', code: 'invalid-input', field: 'qqqqqqqqqqqq' })
  return (
    / It takes (.*)$/
      .exec((error as Error).message)?.[1]
      ?.split(', ')
      .filter((name) => name !== 'no options') ?? []
  )
}

describe.each(FACTORIES)('$name', (factory) => {
  it('D5: rejects an unknown option and suggests the nearest name', async () => {
    for (const name of await namesOf(factory)) {
      const misspelt = [
        name.toUpperCase(),
        name.toLowerCase(),
        `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}`,
        `${name}x`,
      ]
      for (const wrong of misspelt.filter((candidate) => !/^(?:query|to)/.test(candidate) && candidate !== name)) {
        const { [name]: value, ...rest } = factory.valid
        const error = await callWith(factory, { ...rest, [wrong]: value })
        expect(error, wrong).toBeInstanceOf(TypeError)
        expect(error, wrong).toMatchObject({ code: 'invalid-input', field: wrong })
        expect((error as Error).message).toBe(
          `Cannot use ${wrong}: ${factory.name} has no such option. Did you mean ${name}?`,
        )
      }
    }
  })

  it('D5: rejects an argument that is not an options object', async () => {
    const wrong = [null, 'text', 7, true, [], () => {}, new (class Client {})(), Promise.resolve({}), new Map()]
    for (const options of wrong) {
      expect(await callWith(factory, options)).toMatchObject({
        name: 'TypeError',
        code: 'invalid-input',
        field: 'options',
      })
    }
  })

  // For these, only the names are checked.
  if (factory.namesOnly) return

  it('D5: rejects a value of the wrong type for each option', async () => {
    const names = (await namesOf(factory)).filter((name) => !factory.anything?.includes(name))
    for (const name of names) {
      for (const value of [new (class Wrong {})(), Symbol('wrong')]) {
        const error = await callWith(factory, { ...factory.valid, [name]: value })
        expect(error, name).toMatchObject({
          code: 'invalid-input',
          field: expect.stringMatching(new RegExp(`^(?:${name}\\b|engine$)`)),
        })
      }
    }
  })

  it('D6: accepts undefined for each optional option', async () => {
    const nothing = Object.fromEntries((await namesOf(factory)).map((name) => [name, undefined]))
    expect(await callWith(factory, { ...nothing, ...factory.valid })).toBeUndefined()
  })
})

it.each(WRONG_ARGUMENTS)('D5: rejects %s and names %s', async (_name, field, call) => {
  const error = await failureOf(call)
  expect(error).toBeInstanceOf(TypeError)
  expect(error).toMatchObject({ code: 'invalid-input', field, message: expect.stringMatching(/^Cannot /) })
})
