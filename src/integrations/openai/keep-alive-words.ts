const KEEP_ALIVE =
  /^[\s:[(<"'-]*(?:ping|pong|heart[\s_-]?beat|keep[\s_-]?alive|keep[\s_-]?alives?|alive|noop|tick)?[\s\])>"'.-]*$/iu

/** True if a word is one that servers send to keep a connection alive, as the name of an event or as its data. */
export function isKeepAlive(word: string): boolean {
  // Longer data is no such word, and is not looked through.
  return word.length <= 32 && KEEP_ALIVE.test(word)
}
