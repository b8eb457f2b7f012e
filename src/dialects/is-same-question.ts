/**
 * Returns true if a client repeats a stored question. Clients may add or remove space around it, and the handler repairs
 * unpaired surrogates.
 */
export function isSameQuestion(stored: string, asked: string): boolean {
  return stored.trim() === asked.toWellFormed().trim()
}
