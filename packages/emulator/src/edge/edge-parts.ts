import type { JWK } from "jose";
import type { Directory } from "../directory.ts";
import type { Engine } from "../engine/engine.ts";
import type { OwnTokens } from "../own-tokens.ts";
import type { Revocations } from "../revocations.ts";
import type { ControlDoor } from "./control-api.ts";
import type { FaultList } from "./faults.ts";
import type { RequestLog } from "./request-log.ts";

/** What the edge serves with. */
export interface EdgeParts {
	readonly engine: Engine;
	readonly directory: Directory;
	readonly revocations: Revocations;
	readonly tokens: OwnTokens;
	/** The public part of the signing key. */
	readonly publicKey: JWK;
	readonly faults: FaultList;
	readonly log: RequestLog;
	readonly control: ControlDoor;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** The authority's own address: `https://localhost:{port}`. */
	readonly authority: string;
}
