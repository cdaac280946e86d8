import type { Asking } from "./discovery.ts";

/** The region whose token service is to be asked; "" when it is the global one. */
export type FindRegion = (asking: ProbeAsking) => Promise<string>;

export type ProbeAsking = Pick<Asking, "abortSignal" | "tracingOptions">;

/** One label of a host name. Anything else would lead a secret to another host. */
export const REGION = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
