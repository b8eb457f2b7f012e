import { globSync, readFileSync } from 'node:fs'

/** A TypeScript block of the documentation. */
export interface Snippet {
  readonly file: string
  /** Line of the opening fence, from 1. */
  readonly line: number
  /** The extension of its file. */
  readonly extension: 'ts' | 'tsx'
  /** The text after `ts` on the fence. */
  readonly meta: string
  readonly code: string
}

const FENCE = /^```(?<language>tsx?|typescript)\b[ \t]*(?<meta>[^\n]*)\n(?<code>[\s\S]*?)^```$/gm

/** Returns every `ts` and `tsx` block of a Markdown file, or of the doc comments of a TypeScript file. */
export function snippetsOf(file: string): readonly Snippet[] {
  const text = readFileSync(file, 'utf8')
  const markdown = file.endsWith('.ts') ? text.replace(/^[ \t]*\*(?: |$)/gm, '') : text
  return [...markdown.matchAll(FENCE)].map((match) => ({
    file,
    line: markdown.slice(0, match.index).split('\n').length,
    extension: match.groups?.['language'] === 'tsx' ? 'tsx' : 'ts',
    meta: match.groups?.['meta']?.trim() ?? '',
    code: match.groups?.['code'] ?? '',
  }))
}

/** Returns every `ts` and `tsx` block of the README, the documentation and the doc comments. */
export function allSnippets(): readonly Snippet[] {
  const files = globSync(['README.md', 'docs/**/*.md', 'src/**/*.ts'], { exclude: ['docs/api/**'] })
  return files.sort().flatMap(snippetsOf)
}
