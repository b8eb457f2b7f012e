/** Limits of a run. Durations are milliseconds, and `Infinity` means no limit. */
export interface ChatLimits {
  /**
   * Time until the model first does something, all attempts and waits included. A reasoning delta counts, a keep-alive
   * does not. Some models think for more than a minute and send nothing meanwhile.
   * @defaultValue 120000
   */
  readonly firstTokenMs?: number | undefined
  /**
   * Time between two signs of life of the model. It counts only while the model is read: the pause of a reader is not
   * counted.
   * @defaultValue 20000
   */
  readonly idleMs?: number | undefined
  /** Time for the whole run. @defaultValue 300000 */
  readonly runMs?: number | undefined
  /** Time for the retriever, and again for the reranker. @defaultValue 15000 */
  readonly retrieveMs?: number | undefined
  /** Time for the condenser. @defaultValue 10000 */
  readonly condenseMs?: number | undefined
  /** Time for each call to the history. @defaultValue 5000 */
  readonly storeMs?: number | undefined
  /** Longest question, in UTF-16 code units. @defaultValue 32768 */
  readonly maxQuestionChars?: number | undefined
  /** Longest answer, in UTF-16 code units; an answer that reaches it ends as `length`. @defaultValue 262144 */
  readonly maxAnswerChars?: number | undefined
  /** Further attempts before the first token; 0 for none. @defaultValue 2 */
  readonly retries?: number | undefined
}
