/**
 * The 404 for a path that the handler does not know. It has a class, so that an adapter recognises it and tries the next
 * route, also when a function of the application has passed it on.
 */
export class UnroutedResponse extends Response {}
