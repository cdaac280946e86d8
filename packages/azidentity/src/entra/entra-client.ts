import {
	type HttpAnswer,
	httpSender,
	type SendHttp,
} from "../platform/http.ts";
import type { Grant, TokenRequest } from "../token.ts";
import { type Authority, authority } from "./authority.ts";
import type { ClientProof } from "./client-proof.ts";
import type { Asking } from "./discovery.ts";
import type { Endpoints } from "./endpoints.ts";
import type { EntraClientOptions } from "./entra-client-options.ts";
import { regionFinder } from "./region.ts";
import type { FindRegion } from "./region-name.ts";

export type { EntraClientOptions } from "./entra-client-options.ts";

/** What sets a request for a token apart, beyond its form. */
export interface TokenRequestDetails {
	/** Whose mailbox the service may route by: `Oid:{uid}@{utid}` or `UPN:{name}`. */
	readonly anchorMailbox?: string;
	/** The nonce that the id token must repeat. */
	readonly nonce?: string;
	/** The account that is asked for, when it is known. */
	readonly homeAccountId?: string | undefined;
}

/** Who is served, how long each attempt may take, and what ends it. */
export type Errand = Pick<
	TokenRequest,
	"tenantId" | "abortSignal" | "timeout" | "tracingOptions"
>;

/** How a form is sent. */
export interface PostSettings {
	/** Whether it may be sent again after a transient failure. Default false. */
	readonly isRepeatable?: boolean;
	readonly headers?: Readonly<Record<string, string>>;
}

/** One application in front of one authority. It remembers where things are, and no token. */
export interface EntraClient {
	/** The host that stands for the authority's cloud in cached entries. */
	readonly environment: string;
	readonly clientId: string;
	/**
	 * Asks for a token.
	 * @param parameters `grant_type`, and what that grant needs.
	 * @param proof How the client shows who it is; undefined for a public client.
	 * @throws AuthenticationError, an AbortError, or what the proof throws.
	 */
	requestToken(
		request: TokenRequest,
		parameters: Readonly<Record<string, string>>,
		proof: ClientProof | undefined,
		details?: TokenRequestDetails,
	): Promise<Grant>;
	endpoints(errand: Errand): Promise<Endpoints>;
	/** Asks for a document; resolves whatever the status. */
	get(url: string, errand: Errand): Promise<HttpAnswer>;
	/** Sends a form to one of the endpoints; resolves when the answer is a success, and no error sent with status 200. */
	postForm(
		url: string,
		form: Readonly<Record<string, string>>,
		errand: Errand,
		settings?: PostSettings,
	): Promise<HttpAnswer>;
}

/** A client's fixed parts. */
export interface ClientParts
	extends Pick<Asking, "credentialName" | "clientId" | "send"> {
	readonly authority: Authority;
	readonly logsAccounts: boolean;
}

/**
 * A client for the credential of this name. Making one asks nobody and loads nothing.
 * @throws TypeError when the authority host or an option cannot be right.
 */
export function entraClient(
	credentialName: string,
	clientId: string,
	options: EntraClientOptions = {},
): EntraClient {
	const send = httpSender(credentialName, options, options);
	return clientOf(credentialName, clientId, options, send);
}

/**
 * {@link entraClient} for an application that signs in as itself, which is what regional authorities
 * serve (AZURE_REGIONAL_AUTHORITY_NAME).
 * @param send Sends its requests; by default each goes where its URL says.
 * @throws CredentialUnavailableError when that variable does not name a region.
 */
export function applicationClient(
	credentialName: string,
	clientId: string,
	options: EntraClientOptions = {},
	send: SendHttp = httpSender(credentialName, options, options),
): EntraClient {
	const findRegion = regionFinder(credentialName, options);
	return clientOf(credentialName, clientId, options, send, findRegion);
}

function clientOf(
	credentialName: string,
	clientId: string,
	options: EntraClientOptions,
	send: SendHttp,
	findRegion?: FindRegion,
): EntraClient {
	const { allowLoggingAccountIdentifiers = false } =
		options.loggingOptions ?? {};
	const parts: ClientParts = {
		credentialName,
		clientId,
		authority: authority(credentialName, options, findRegion),
		send,
		logsAccounts: allowLoggingAccountIdentifiers,
	};
	return {
		environment: parts.authority.environment,
		clientId,
		requestToken: async (...about) =>
			(await requests()).requestToken(parts, ...about),
		endpoints: async (errand) => (await requests()).endpoints(parts, errand),
		get: async (...about) => (await requests()).get(parts, ...about),
		postForm: async (...about) => (await requests()).postForm(parts, ...about),
	};
}

function requests() {
	return import("./entra-requests.ts");
}
