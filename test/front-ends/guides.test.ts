import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

it.each([
  ['vue', 4],
  ['svelte', 5],
])('the blocks of docs/guides/%s.md are parts of its example', (name, count) => {
  const files = globSync(`examples/${name}/{*,src/*}`, { cwd: ROOT }).filter((path) => /\.\w+$/u.test(path))
  const texts = files.map((path) => readFileSync(`${ROOT}/${path}`, 'utf8'))
  const guide = readFileSync(`${ROOT}/docs/guides/${name}.md`, 'utf8')
  const blocks = [...guide.matchAll(/^```\w+\n(?<code>[\s\S]*?)^```$/gmu)].map(({ groups }) => groups?.['code'] ?? '')
  expect(blocks.length).toBeGreaterThanOrEqual(count)
  expect(blocks.filter((block) => !texts.some((text) => text.includes(block)))).toEqual([])
})

it('the README shows the chat of examples/react', () => {
  expect(readFileSync(`${ROOT}/README.md`, 'utf8')).toContain(
    `\`\`\`tsx\n${readFileSync(`${ROOT}/examples/react/src/chat.tsx`, 'utf8')}\`\`\``,
  )
})
