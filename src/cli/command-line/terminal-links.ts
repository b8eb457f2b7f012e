import { safeText } from './safe-text.ts'

const TERMINALS = new Set(['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'rio'])

/**
 * Returns true if the terminal is known to show links (OSC 8). `FORCE_HYPERLINK` decides for unknown ones: 0 for no, another
 * value for yes. An unknown terminal could show the address as text.
 */
export function showsLinks(env: NodeJS.ProcessEnv, output: { readonly isTTY?: boolean }): boolean {
  if (output.isTTY !== true || env['TERM'] === 'dumb' || env['NO_COLOR']) return false
  const forced = env['FORCE_HYPERLINK']
  if (forced !== undefined && forced !== '') return forced !== '0'
  return (
    TERMINALS.has(env['TERM_PROGRAM'] ?? '') ||
    /kitty|foot|ghostty|alacritty/.test(env['TERM'] ?? '') ||
    env['WT_SESSION'] !== undefined ||
    Number(env['VTE_VERSION'] ?? 0) >= 5000
  )
}

/** Returns the text as a link to an address. */
export function linkTo(url: string, text: string): string {
  // Only printable ASCII is allowed in the sequence.
  const address = safeText(url).replaceAll(/[^!-~]/gu, encodeURIComponent)
  return `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`
}
