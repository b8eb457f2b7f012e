import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/cli/settings/read-config.ts'
import { makeFolder } from '../support/documents.ts'

/** Reads a configuration with that text, and resolves with the message of its error. */
async function messageOf(name: string, text: string): Promise<string> {
  using folder = makeFolder({ [name]: text })
  const error = await readConfig(name, folder.path).then(
    () => expect.fail('it was accepted'),
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ name: 'CliError', exitCode: 2 })
  const { message } = error as Error
  expect(message).toContain(join(folder.path, name))
  return message
}

describe('readConfig', () => {
  it.each([
    ['docs', 1, 'docs must be a path or a list of paths, and it is 1'],
    ['docs', ['a', 2], 'docs must be a path or a list of paths, and it is an array'],
    ['docs', '', 'docs must be a path or a list of paths, and it is ""'],
    ['exclude', '*.svg', 'exclude must be a list of texts, and it is "*.svg"'],
    ['data', true, 'data must be a path, or false for memory, and it is true'],
    ['model', {}, 'model must be the name of a model, or a ChatModel with a method stream, and it is an object'],
    ['condenser', 'x', 'condenser must be a Condenser with a method condense, and it is "x"'],
    [
      'embedder',
      null,
      'embedder must be the name of a model, false, or an Embedder with a method embed, and it is null',
    ],
    ['chunkChars', 99, 'chunkChars must be a whole number from 100 to 100000, and it is 99'],
    ['topK', 1.5, 'topK must be a whole number from 1 to 1000, and it is 1.5'],
    ['title', '  ', 'title must be a text that is not empty'],
    ['questions', [null], 'questions must be a list of texts'],
    ['port', '3000', 'port must be a whole number from 0 to 65535, and it is "3000"'],
    ['host', 1, 'host must be a text that is not empty, and it is 1'],
    ['allowedHosts', {}, 'allowedHosts must be a list of texts, and it is an object'],
    ['continueForMs', -1, 'continueForMs must be a whole number from 0 to 1000000000, and it is -1'],
    ['dosc', 'x', 'it has no field dosc; did you mean docs?'],
  ])('names the field %s with the value %j, and what it must be', async (field, value, problem) => {
    expect(await messageOf('ragwire.config.json', JSON.stringify({ [field]: value }))).toContain(problem)
  })

  it.each([
    ['no JSON', 'c.json', '{ docs', 'it is no valid JSON'],
    ['another value', 'c.json', '["docs"]', 'it must be an object such as { "docs": "./docs" }, and it is an array'],
    ['no default export', 'c.mjs', 'export const docs = 1', 'it has no default export, so write export default'],
    ['a throw', 'c.mjs', 'throw new Error("no network")', 'no network'],
    [
      'a package that is missing',
      'c.mjs',
      'import "no-such-package"',
      '"no-such-package", which is not installed there: run',
    ],
    ['ragwire without an installation', 'c.mjs', 'import "ragwire/config"', 'export the object without defineConfig'],
    ['a file that is missing', 'c.mjs', 'import "./none.js"', 'none.js, and there is no such file'],
    ['another kind of file', 'c.yaml', 'docs: x', 'its name must end in .json, .js, .mjs or .ts'],
  ])('names the fix for a file with %s', async (_name, file, text, problem) => {
    expect(await messageOf(file, text)).toContain(problem)
  })

  it.each([
    ['ragwire.config.json', '{ "docs": "docs", "port": 0 }'],
    ['ragwire.config.mjs', 'export default { docs: "docs", port: 0 }'],
    ['ragwire.config.ts', 'const port: number = 0\nexport default { docs: "docs", port }'],
  ])('finds and reads %s', async (name, text) => {
    using folder = makeFolder({ [name]: text })
    expect(await readConfig(undefined, folder.path)).toEqual({ config: { docs: 'docs', port: 0 }, folder: folder.path })
  })

  it('names a file that is not there', async () => {
    await expect(readConfig('none.json', '/')).rejects.toThrow('Cannot read none.json: there is no such file')
  })
})
