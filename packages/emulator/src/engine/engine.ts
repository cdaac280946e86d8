import type { IncomingMessage, ServerResponse } from "node:http";
import type { Tenant } from "../fixtures.ts";

/** The parameters of a request, each at most once. */
export type Form = Readonly<Record<string, string | undefined>>;

/** A request as the edge hands it over: found to be for a tenant or an alias, its form read. */
export interface EngineRequest {
	/** The tenant in the path; none for `common` and `organizations`. */
	readonly tenant: Tenant | undefined;
	/** What follows the tenant in the path, with its slash. */
	readonly path: string;
	/** The body of a POST, the query of any other request. */
	readonly form: Form;
	readonly correlationId: string;
	/** The authority's address under the name the caller used. */
	readonly authority: string;
	/** When ADFS is played: its token endpoint, for which assertions must be, in the form that ADFS reads. */
	readonly adfsTokenEndpoint?: string;
	/** Is told the AADSTS code when the engine itself answers with a refusal. */
	readonly refused: (code: number) => void;
}

/**
 * What issues the tokens. Nothing outside this folder knows which implementation does it.
 * Methods reject with an `EntraError` for what the service would refuse.
 */
export interface Engine {
	/** Serves authorize, token, devicecode, logout and the pages of a tenant. */
	handle(
		request: IncomingMessage,
		response: ServerResponse,
		asked: EngineRequest,
	): Promise<void>;
	/** The tenant whose device code it is. */
	tenantOfUserCode(userCode: string): Tenant | undefined;
	/** Does what the person at the device page would do. */
	approveDevice(userCode: string, username: string): Promise<void>;
	denyDevice(userCode: string): Promise<void>;
	/** A token for an app itself, with no request for it; `expiresIn` in seconds. */
	mintApp(request: {
		readonly clientId: string;
		readonly resource: string;
	}): Promise<{ accessToken: string; expiresIn: number }>;
}
