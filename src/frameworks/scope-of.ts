/**
 * Returns the tenant or user of a request. It has the type of a method, so that its parameter may be declared as the
 * request type of the framework.
 */
export type ScopeOf<Asking> = { scope(asking: Asking): string | Promise<string> }['scope']
