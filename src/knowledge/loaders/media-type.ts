/** Media types by extension. Code and configuration files have none of their own here: they are plain text. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ...types('text/markdown', 'md markdown mdx mdown mkd'),
  ...types('text/html', 'html htm xhtml xht'),
  ...types('application/pdf', 'pdf'),
  ...types('application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'),
  ...types('application/json', 'json'),
  ...types('text/csv', 'csv'),
  ...types('text/tab-separated-values', 'tsv'),
  // No loader reads these. With their own types, the error names the type instead of binary content.
  ...types('application/msword', 'doc'),
  ...types('application/vnd.ms-excel', 'xls'),
  ...types('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'),
  ...types('application/vnd.ms-powerpoint', 'ppt'),
  ...types('application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'),
  ...types('application/vnd.oasis.opendocument.text', 'odt'),
  ...types('application/epub+zip', 'epub'),
  ...types('application/rtf', 'rtf'),
  ...types('application/zip', 'zip'),
  ...types('application/gzip', 'gz tgz'),
  ...types('image/png', 'png'),
  ...types('image/jpeg', 'jpg jpeg'),
  ...types('image/gif', 'gif'),
  ...types('image/webp', 'webp'),
  ...types('audio/mpeg', 'mp3'),
  ...types('video/mp4', 'mp4'),
])

/** Extensions of text that is read by line: code, configuration, data and logs. */
const LINE_EXTENSIONS: ReadonlySet<string> = new Set(
  `ts tsx mts cts js jsx mjs cjs json jsonc json5 jsonl ndjson csv tsv yaml yml toml ini cfg conf env properties lock xml
  svg css scss sass less vue svelte astro py pyi ipynb rb php pl pm lua r jl java kt kts scala groovy gradle clj cljs cs
  fs vb go rs swift c h cc cpp cxx hpp hh m mm zig d dart ex exs erl hrl hs elm ml mli sql graphql gql proto sh bash zsh
  fish ps1 bat cmd awk tf hcl nix cmake mk dockerfile makefile diff patch log`.split(/\s+/u),
)

function types(mediaType: string, extensions: string): readonly (readonly [string, string])[] {
  return extensions.split(' ').map((extension) => [extension, mediaType])
}

/**
 * Returns the media type that the extension of a document's id stands for, such as `text/markdown` for `docs/a.md`. An
 * unknown extension gives `text/plain`, whose loader rejects binary content.
 */
export function mediaTypeOf(documentId: string): string {
  return MEDIA_TYPES.get(extensionOf(documentId)) ?? 'text/plain'
}

/** Returns true if a document is read by line, such as code, and not by sentence. */
export function isReadByLine(documentId: string): boolean {
  return LINE_EXTENSIONS.has(extensionOf(documentId))
}

/** Returns the extension in lower case and without its dot; of a name without a dot, the name, such as `makefile`. */
export function extensionOf(documentId: string): string {
  const name = documentId.slice(Math.max(documentId.lastIndexOf('/'), documentId.lastIndexOf('\\')) + 1)
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase()
}
