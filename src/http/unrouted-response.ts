/**
 * The 404 for a path that the handler does not know. It has its own class, so that an adapter recognises it and tries
 * the next route, even if a function that wraps the handler returned it.
 */
export class UnroutedResponse extends Response {}
