import stringWidth from 'fast-string-width'
import { describe, expect, it } from 'vitest'
import { createFaultServer, faults } from '../../../src/testing.ts'
import { makeFolder } from '../support/documents.ts'
import { hasTmux, openTerminalSession } from '../support/tmux.ts'

const ANSWER =
  'Green tea is steeped at 80 degrees for two minutes [1]. 绿茶需要用八十度的水泡两分钟，然后就可以喝了 [1]。'

describe.skipIf(!hasTmux)('ragwire ask in a terminal', () => {
  it('holds a conversation: Ctrl-C stops an answer and closes the model, and Ctrl-D ends the program', async () => {
    await using server = await createFaultServer()
    server.use(faults.stall({ deltas: ['Green', ' tea', ' is', ' steeped'] }))
    using folder = makeFolder()
    const env = { OPENAI_BASE_URL: server.baseURL, OPENAI_MODEL: 'm' }
    await using terminal = await openTerminalSession(['ask', '--docs', 'docs'], { cwd: folder.path, columns: 80, env })
    await terminal.untilShown('Ctrl-D ends the program.\n>')
    await terminal.type('How hot is green tea?')
    await terminal.press('Enter')
    await terminal.untilShown('Green tea is')
    await terminal.press('C-c')
    await terminal.untilShown('Stopped: the answer is not complete\n\n>')
    expect(await (await server.hit(0)).closed).toBe('client')

    server.use(faults.answer(ANSWER))
    await terminal.press('Up')
    await terminal.untilShown('> How hot is green tea?\n\n')
    await terminal.press('Enter')
    await terminal.untilShown('Sources\n[1] Tea')
    await terminal.press('C-d')
    expect(await terminal.exitCode()).toBe(0)
  })

  it('ends at Ctrl-C while no answer is running', async () => {
    using folder = makeFolder()
    await using terminal = await openTerminalSession(['ask', '--docs', 'docs'], { cwd: folder.path, columns: 80 })
    await terminal.untilShown('Ctrl-D ends the program.\n>')
    await terminal.press('C-c')
    expect(await terminal.exitCode()).toBe(0)
  })

  it('breaks lines between words at 40 columns, and colours the markers', async () => {
    await using server = await createFaultServer()
    server.use(faults.answer(ANSWER))
    using folder = makeFolder()
    const env = { OPENAI_BASE_URL: server.baseURL, OPENAI_MODEL: 'm' }
    const args = ['ask', 'How hot is green tea?', '--docs', 'docs', '--memory']
    await using terminal = await openTerminalSession(args, { cwd: folder.path, columns: 40, env })
    const screen = await terminal.untilShown('docs/tea.md:7')
    expect(await terminal.exitCode()).toBe(0)
    const lines = screen.split('\n')
    const first = lines.findIndex((line) => line.startsWith('Green tea'))
    expect(lines.slice(first, first + 4)).toEqual([
      'Green tea is steeped at 80 degrees for',
      'two minutes [1]. 绿茶需要用八十度的水泡',
      '两分钟，然后就可以喝了 [1]。',
      '',
    ])
    expect(Math.max(...lines.slice(first).map((line) => stringWidth(line)))).toBeLessThanOrEqual(40)
    expect(await terminal.styledScreen()).toContain('\u001b[36m[1]\u001b[39m')
  })
})
