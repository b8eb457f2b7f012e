import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { vendors } from './vendors/vendors.ts'

const GUIDE = readFileSync('docs/guides/models.md', 'utf8')

/** The sections of the guide, by their headings. */
const SECTIONS: ReadonlyMap<string, string> = new Map(
  GUIDE.split(/^## /mu)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
)

/** The lines of a list, each complete. */
function bulletsOf(section: string): readonly string[] {
  return section
    .split(/\n(?=- )|\n\n/u)
    .filter((part) => part.startsWith('- '))
    .map((bullet) => bullet.replaceAll(/\s+/gu, ' '))
}

/** The replays and rules named in the comment of a line. */
function namesIn(bullet: string): readonly string[] {
  return /<!-- (?<names>[^>]+) -->$/u.exec(bullet)?.groups?.['names']?.split(', ') ?? []
}

describe.each(vendors)('the guide of models on $name', ({ name, model, extraBody = {}, replays, rules = {} }) => {
  const bullets = bulletsOf(SECTIONS.get(name) ?? '')
  const backing = new Map(Object.entries({ ...rules, ...replays }))

  it('contains the code of the guide', () => {
    const section = SECTIONS.get(name) ?? ''
    expect(section).toContain('```ts\n')
    expect(section).toContain(`model: '${model}'`)
    for (const field of Object.keys(extraBody)) expect(section).toContain(`extraBody: { ${field}: `)
  })

  it('has a line for every replay and every rule', () => {
    expect(bullets.flatMap(namesIn).toSorted()).toEqual([...backing.keys()].toSorted())
  })

  it('names in each line a replay or a rule, and its sources', () => {
    for (const bullet of bullets) {
      const names = namesIn(bullet)
      expect(names, bullet).not.toEqual([])
      for (const source of names.flatMap((replay) => (backing.get(replay)?.source ?? 'no such replay').split('; '))) {
        expect(bullet).toContain(source.replace(/ \(.*\)$/u, ''))
      }
    }
  })
})
