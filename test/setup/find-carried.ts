import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { CAPABILITIES, CLIENTS, type Capability } from '../protocols/clients.ts'

/** A test which proves that a client carries a part of an answer, or cannot. */
export interface CarriedProof {
  readonly client: string
  readonly capability: Capability
  /** The reason why the client cannot carry it; undefined if it carries it. */
  readonly reason: string | undefined
  readonly file: string
}

/** Finds the calls of `carries` and `lacks` in the tests, without running them. */
export function findCarried(): readonly CarriedProof[] {
  return globSync('test/{protocols,copilotkit}/**/*.test.ts', { exclude: ['**/node_modules'] })
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted()
    .flatMap((file) => carriedIn(file, readFileSync(file, 'utf8')))
}

/** Finds the calls in the text of one test file. Throws if the arguments of a call cannot be read. */
export function carriedIn(file: string, text: string): readonly CarriedProof[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const proofs: CarriedProof[] = []
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      /^(?:carries|lacks)$/u.test(node.expression.text)
    )
      proofs.push(...proofsOf(node, source))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return proofs
}

function proofsOf(call: ts.CallExpression, source: ts.SourceFile): readonly CarriedProof[] {
  const [clients, capability, reason] = call.arguments
  const fail = (message: string): never => {
    const line = source.getLineAndCharacterOfPosition(call.getStart()).line + 1
    throw new Error(`Cannot read ${call.expression.getText()} in ${source.fileName}:${line}: ${message}`)
  }
  const ids = clients && stringsOf(clients, source)
  if (!ids) return fail('name the clients by a string, an array of strings, or a constant of this file')
  const unknown = ids.find((id) => !CLIENTS.some((client) => client.id === id))
  if (unknown !== undefined) return fail(`${unknown} is not in test/protocols/clients.ts`)
  const [named] = (capability && stringsOf(capability, source)) ?? []
  const known = CAPABILITIES.find((each) => each === named)
  if (!known) return fail(`name the capability by one of ${CAPABILITIES.join(', ')}`)
  const isLimit = call.expression.getText() === 'lacks'
  const [why] = (isLimit && reason && stringsOf(reason, source)) || []
  if (isLimit && !why) return fail('give the reason as a string')
  return ids.map((client) => ({ client, capability: known, reason: why, file: source.fileName }))
}

/** Returns the strings of an expression; undefined if it has other parts. */
function stringsOf(node: ts.Expression, source: ts.SourceFile): readonly string[] | undefined {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return stringsOf(node.expression, source)
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isArrayLiteralExpression(node)) {
    const strings = node.elements.map((element) => stringsOf(element, source))
    return strings.every((each) => each !== undefined) ? strings.flat() : undefined
  }
  const value = ts.isIdentifier(node) ? constantOf(node.text, source) : undefined
  return value && stringsOf(value, source)
}

/** Returns the value of a constant at the top of the file. */
function constantOf(name: string, source: ts.SourceFile): ts.Expression | undefined {
  return source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find((declaration) => ts.isIdentifier(declaration.name) && declaration.name.text === name)?.initializer
}
