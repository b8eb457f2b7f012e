import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The guide with the code blocks that the hosts run. */
export const HOSTS_GUIDE: string = resolve(import.meta.dirname, '../../../docs/guides/hosts.md')

/** Returns the `ts` blocks below a heading of docs/guides/hosts.md, as a reader copies them. */
export function guideBlocks(heading: string): readonly string[] {
  const sections = readFileSync(HOSTS_GUIDE, 'utf8').split(/^## /mu)
  const section = sections.find((text) => text.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`The guide has no heading "${heading}"`)
  return [...section.matchAll(/^```ts\n(?<code>[\s\S]*?)^```$/gmu)].map(({ groups }) => groups?.['code'] ?? '')
}
