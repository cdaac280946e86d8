/** What `@azure/identity` takes for a plugin: a function of its own inner context. */
export type IdentityPlugin = (context: unknown) => void;

/**
 * Does nothing. `@azure/identity` needs a plugin for tokens on disk; here `tokenCachePersistenceOptions` works
 * without one. It is kept so that a program that registers one moves over by changing its import.
 */
export function useIdentityPlugin(_plugin: IdentityPlugin): void {}
