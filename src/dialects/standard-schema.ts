/** A schema of any library that follows https://standardschema.dev, such as zod, valibot and arktype. */
export interface StandardSchema {
  /** The interface of the standard. */
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>
  }
}

/** The result of a {@link StandardSchema}. */
export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One issue of a value, and its place. */
export interface StandardIssue {
  /** The message, which the client may read. */
  readonly message: string
  /** The keys that lead to the wrong part. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
