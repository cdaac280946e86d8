import type { JWK } from "jose";
import type { Directory } from "../directory.ts";
import type { Knobs } from "../knobs.ts";
import type { Moments, Revocations } from "../revocations.ts";

/** What the engine is built from. */
export interface EngineParts {
	readonly directory: Directory;
	readonly revocations: Revocations;
	readonly order: Moments;
	readonly knobs: Knobs;
	readonly signingKey: JWK & { readonly kid: string };
	/** The authority's own address: `https://localhost:{port}`. */
	readonly authority: string;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** Known to nobody outside this process: it signs cookies, and stands for proofs checked before the library. */
	readonly internalSecret: string;
}
