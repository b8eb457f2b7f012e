const KEEP_ALIVE =
  /^[\s:[(<"'-]*(?:ping|pong|heart[\s_-]?beat|keep[\s_-]?alive|keep[\s_-]?alives?|alive|noop|tick)?[\s\])>"'.-]*$/iu

/** Returns true if a word is a keep-alive of a server, as the name of an event or as its data. */
export function isKeepAlive(word: string): boolean {
  // Longer data is not a keep-alive, so it is not scanned.
  return word.length <= 32 && KEEP_ALIVE.test(word)
}
