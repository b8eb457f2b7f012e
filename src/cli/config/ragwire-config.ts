import type { ChatModel } from '../../core/vocabulary/chat-model.ts'
import type { Condenser } from '../../core/vocabulary/condenser.ts'
import type { Embedder } from '../../core/vocabulary/retriever.ts'

/** The content of `ragwire.config.json`, or the default export of `ragwire.config.js`. Options of the command line win. */
export interface RagwireConfig {
  /** The files and folders of the documents, relative to the file of the configuration. */
  readonly docs?: string | readonly string[]
  /** Documents to leave out, as patterns of a `.gitignore`. */
  readonly exclude?: readonly string[]
  /**
   * The folder of the index and of the conversations, relative to the file of the configuration; false keeps them in
   * memory. @defaultValue `.ragwire`
   */
  readonly data?: string | false
  /** The model that answers: the name of one at `OPENAI_BASE_URL`, or any {@link ChatModel}. */
  readonly model?: string | ChatModel
  /** Rewrites follow-ups as stand-alone questions. @defaultValue the model */
  readonly condenser?: Condenser
  /** Makes the vectors: the name of a model at `OPENAI_BASE_URL`, or any {@link Embedder}; false for none. */
  readonly embedder?: string | false | Embedder
  /** Maximum length of a chunk, in UTF-16 code units. @defaultValue 400 */
  readonly chunkChars?: number
  /** Maximum number of sources of an answer. @defaultValue that of `createChat` */
  readonly topK?: number
  /** The title of the page. @defaultValue the name of the folder of the documents */
  readonly title?: string
  /** Questions that the page offers at its start. */
  readonly questions?: readonly string[]
  /** The port of `ragwire serve`. @defaultValue `PORT`, or 3000 */
  readonly port?: number
  /** The address that `ragwire serve` listens at. @defaultValue `HOST`, or 127.0.0.1 */
  readonly host?: string
  /** Further host names that the server may be reached by. */
  readonly allowedHosts?: readonly string[]
  /** Time for which an answer goes on without a reader, in milliseconds. @defaultValue 30,000 */
  readonly continueForMs?: number
}

/** Returns the configuration itself. In an editor, it gives the fields of `ragwire.config.js` their types. */
export function defineConfig(config: RagwireConfig): RagwireConfig {
  return config
}
