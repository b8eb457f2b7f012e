import { describe, expect, it } from 'vitest'
import { createGate, scriptedChatModel } from '../../../src/testing.ts'
import { REACT_VERSIONS } from './support/bundle-react.ts'
import { answerIs, ask, notesOf, statusIs, useReact } from './support/use-react.ts'

const FINISH = { type: 'finish', finishReason: 'stop' } as const

describe.each(REACT_VERSIONS)('useRagChat with React %s', (react) => {
  const open = useReact(react)

  it('shows words before the end, and the text in an input keeps its focus', async () => {
    const gate = createGate()
    const { page } = await open({ model: scriptedChatModel(['Cats sleep', { gate }, ' 16 hours [1].', FINISH]) })
    await ask(page, 'How long do cats sleep?')
    await answerIs(page, 'Cats sleep')
    await page.fill('[name=question]', 'And d')
    gate.open()
    await answerIs(page, 'Cats sleep 16 hours [1].')
    await page.keyboard.type('ogs?')
    expect(await page.inputValue('[name=question]')).toBe('And dogs?')
    await statusIs(page, 'ready')
    expect((await notesOf(page)).changed).toEqual([])
  })
})
