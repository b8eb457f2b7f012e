/** Limits of a run. Durations are milliseconds, and `Infinity` means no limit. */
export interface ChatLimits {
  /**
   * Time until the first event of the model, with all attempts and waits. A reasoning delta counts, a keep-alive does
   * not. Some models reason for more than a minute and send nothing in that time.
   * @defaultValue 120000
   */
  readonly firstTokenMs?: number | undefined
  /** Maximum time between two events of the model. Pauses of the reader do not count. @defaultValue 20000 */
  readonly idleMs?: number | undefined
  /** Time for the whole run. @defaultValue 300000 */
  readonly runMs?: number | undefined
  /** Time for the retriever, and again for the reranker. @defaultValue 15000 */
  readonly retrieveMs?: number | undefined
  /** Time for the condenser. @defaultValue 10000 */
  readonly condenseMs?: number | undefined
  /** Time for each call to the history. @defaultValue 5000 */
  readonly storeMs?: number | undefined
  /** Maximum length of a question, in UTF-16 code units. @defaultValue 32768 */
  readonly maxQuestionChars?: number | undefined
  /**
   * Maximum length of an answer, in UTF-16 code units; an answer that reaches it ends as `length`.
   * @defaultValue 262144
   */
  readonly maxAnswerChars?: number | undefined
  /** Further attempts before the first token; 0 for none. @defaultValue 2 */
  readonly retries?: number | undefined
}
