import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** A module of `src/`, with the facts that the architecture tests check. */
export interface Module {
  /** Relative to `src/`. */
  readonly path: string
  readonly lines: number
  /** Modules of `src/` by path, npm packages by name, built-in modules with `node:`. */
  readonly imports: readonly string[]
  readonly functions: readonly FunctionInfo[]
  /** Statements at the top that are not `export { ... } from '...'`, nor the directive `'use client'`. */
  readonly otherStatements: number
  /** `export *` and `export default`. */
  readonly unnamedExports: readonly string[]
  /** `path:line` of each exported declaration without a doc comment. */
  readonly undocumented: readonly string[]
  /** `path:line` of each member of an exported interface without a doc comment. A discriminator `type` needs none. */
  readonly undocumentedMembers: readonly string[]
  /** `path:line` of each doc comment that opens with a question word, such as "What" or "How". */
  readonly questions: readonly string[]
}

/** A function with a body. */
export interface FunctionInfo {
  /** `path:line`, for messages. */
  readonly at: string
  /** Its own lines: nested functions count separately, so that a closure may contain several. */
  readonly lines: number
  readonly isAsyncGenerator: boolean
}

/** Parses every module of `src/`. The templates of apps are no part of the package's code. */
export function readModules(): readonly Module[] {
  return globSync('src/**/*.ts', { exclude: ['src/cli/init/templates'] })
    .sort()
    .map(readModule)
}

function readModule(file: string): Module {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const imports: string[] = []
  const functions: FunctionInfo[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier !== undefined) imports.push(resolve(file, specifier))
    if (ts.isFunctionLike(node) && 'body' in node && node.body) functions.push(describeFunction(source, node))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return {
    path: relative('src', file),
    lines: lineOf(source, source.end),
    imports,
    functions,
    otherStatements: source.statements.filter((one) => !isNamedReexport(one) && !isDirective(one)).length,
    unnamedExports: source.statements.filter(isUnnamedExport).map((statement) => statement.getText(source)),
    undocumented: source.statements.filter(isUndocumentedExport).map((statement) => placeOf(source, statement)),
    undocumentedMembers: source.statements
      .flatMap(membersOfExport)
      .filter(isUndocumentedMember)
      .map((member) => placeOf(source, member)),
    questions: Array.from(source.text.matchAll(QUESTION), ({ index }) => `${file}:${lineOf(source, index)}`),
  }
}

const QUESTION = /\/\*\*[\s*]*(?:what|whatever|how|whether|who|whoever|where)\b/giu

/** Returns the module names in `import`, `export ... from`, `import()` and import types. */
function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal)
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return isDynamic ? textOf(node.arguments[0]) : undefined
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined
}

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return relative('src', join(dirname(file), specifier))
  if (specifier.startsWith('node:')) return specifier
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function describeFunction(source: ts.SourceFile, node: ts.SignatureDeclaration): FunctionInfo {
  return {
    at: placeOf(source, node),
    lines: linesOf(source, node) - innerFunctions(node).reduce((sum, inner) => sum + linesOf(source, inner), 0),
    isAsyncGenerator: 'asteriskToken' in node && Boolean(node.asteriskToken) && has(node, ts.SyntaxKind.AsyncKeyword),
  }
}

function linesOf(source: ts.SourceFile, node: ts.Node): number {
  return lineOf(source, node.end) - lineOf(source, node.getStart(source)) + 1
}

/** Returns the directly nested functions: declared ones, and methods of an object that it returns. */
function innerFunctions(node: ts.Node): readonly ts.Node[] {
  const inner: ts.Node[] = []
  ts.forEachChild(node, (child) => {
    if (ts.isFunctionDeclaration(child) || ts.isMethodDeclaration(child)) inner.push(child)
    else inner.push(...innerFunctions(child))
  })
  return inner
}

function placeOf(source: ts.SourceFile, node: ts.Node): string {
  return `${source.fileName}:${lineOf(source, node.getStart(source))}`
}

function lineOf(source: ts.SourceFile, position: number): number {
  return source.getLineAndCharacterOfPosition(position).line + 1
}

function isNamedReexport(node: ts.Statement): boolean {
  return ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && isNamed(node)
}

function isDirective(node: ts.Statement): boolean {
  return ts.isExpressionStatement(node) && textOf(node.expression) === 'use client'
}

function isUnnamedExport(node: ts.Statement): boolean {
  if (ts.isExportDeclaration(node)) return !isNamed(node)
  return ts.isExportAssignment(node) || has(node, ts.SyntaxKind.DefaultKeyword)
}

function isUndocumentedExport(node: ts.Statement): boolean {
  return has(node, ts.SyntaxKind.ExportKeyword) && ts.getJSDocCommentsAndTags(node).length === 0
}

function membersOfExport(node: ts.Statement): readonly ts.TypeElement[] {
  return ts.isInterfaceDeclaration(node) && has(node, ts.SyntaxKind.ExportKeyword) ? node.members : []
}

function isUndocumentedMember(member: ts.TypeElement): boolean {
  return member.name?.getText() !== 'type' && ts.getJSDocCommentsAndTags(member).length === 0
}

function isNamed(node: ts.ExportDeclaration): boolean {
  return node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
}

function has(node: ts.Node, keyword: ts.ModifierSyntaxKind): boolean {
  return ts.canHaveModifiers(node) && Boolean(ts.getModifiers(node)?.some(({ kind }) => kind === keyword))
}
