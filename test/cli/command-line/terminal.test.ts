import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { showsLinks } from '../../../src/cli/command-line/terminal-links.ts'
import { openTerminal } from '../../../src/cli/command-line/terminal.ts'

const XTERM = { TERM: 'xterm-256color' }

describe('openTerminal', () => {
  it.each([
    ['colours a terminal', true, XTERM, true],
    ['does not colour a pipe', false, XTERM, false],
    ['does not colour with NO_COLOR', true, { ...XTERM, NO_COLOR: '1' }, false],
    ['does not colour a dumb terminal', true, { TERM: 'dumb' }, false],
    ['colours a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['does not colour a terminal with FORCE_COLOR=0', true, { ...XTERM, FORCE_COLOR: '0' }, false],
  ])('%s', (_name, isTTY, env, isColoured) => {
    const stream = () => Object.assign(new PassThrough(), { isTTY })
    const { style } = openTerminal({ stdin: stream(), stdout: stream(), stderr: stream(), env })
    expect(style('red', 'tea')).toBe(isColoured ? '\u001b[31mtea\u001b[39m' : 'tea')
  })
})

describe('showsLinks', () => {
  it.each([
    ['an unknown terminal', true, XTERM, false],
    ['kitty', true, { TERM: 'xterm-kitty' }, true],
    ['VS Code', true, { ...XTERM, TERM_PROGRAM: 'vscode' }, true],
    ['Windows Terminal', true, { ...XTERM, WT_SESSION: 'x' }, true],
    ['a terminal of GNOME', true, { ...XTERM, VTE_VERSION: '7600' }, true],
    ['an old terminal of GNOME', true, { ...XTERM, VTE_VERSION: '4205' }, false],
    ['a pipe', false, { TERM: 'xterm-kitty' }, false],
    ['NO_COLOR', true, { TERM: 'xterm-kitty', NO_COLOR: '1' }, false],
    ['FORCE_HYPERLINK=1', true, { ...XTERM, FORCE_HYPERLINK: '1' }, true],
    ['FORCE_HYPERLINK=0', true, { TERM: 'xterm-kitty', FORCE_HYPERLINK: '0' }, false],
  ])('decides for %s', (_name, isTTY, env, expected) => {
    expect(showsLinks(env, { isTTY })).toBe(expected)
  })
})
