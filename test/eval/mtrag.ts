import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

/** A question of a conversation, and its rewrite by a person. */
export interface ConversationQuestion {
  /** The id of the question in the data. */
  readonly id: string
  /** The user's questions so far, the oldest first. */
  readonly earlier: readonly string[]
  readonly question: string
  /** The question in a form that can be understood without the others. */
  readonly rewrite: string
}

const line = z.object({ _id: z.string(), text: z.string() })

/** Reads the questions of MTRAG (Katsis et al. 2025, as published) about cloud services and government. */
export function readMtrag(folder: string): readonly ConversationQuestion[] {
  return ['cloud', 'govt'].flatMap((domain) => {
    const rewrites = new Map(
      readLines(join(folder, `mtrag-${domain}-rewrite.jsonl`)).map(({ _id, text }) => [_id, text]),
    )
    return readLines(join(folder, `mtrag-${domain}-questions.jsonl`)).map(({ _id, text }) => {
      const turns = turnsOf(text)
      return {
        id: _id,
        earlier: turns.slice(0, -1),
        question: turns.at(-1) ?? '',
        rewrite: turnsOf(rewrites.get(_id) ?? '').join(' '),
      }
    })
  })
}

function readLines(path: string): readonly z.infer<typeof line>[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((text) => line.parse(JSON.parse(text)))
}

function turnsOf(text: string): readonly string[] {
  return text
    .split('|user|:')
    .map((turn) => turn.trim())
    .filter((turn) => turn !== '')
}
