import { abortable, throwIfAborted } from "../foundation/abort.ts";
import { jsonObject } from "../foundation/json-object.ts";
import { secretsIn } from "../foundation/redact.ts";
import { VERSION } from "../foundation/version.ts";
import {
	type HttpAnswer,
	httpSender,
	type SendHttp,
} from "../platform/http.ts";
import { NO_RETRIES } from "../platform/retry.ts";
import type { Grant, TokenRequest } from "../token.ts";
import { logAccountIdentifiers } from "./account-identifiers.ts";
import { type Authority, authority } from "./authority.ts";
import type { ClientProof } from "./client-proof.ts";
import type { Asking } from "./discovery.ts";
import type { Endpoints } from "./endpoints.ts";
import type { EntraClientOptions } from "./entra-client-options.ts";
import { grantKind } from "./grant-kinds.ts";
import { type Asked, refusal } from "./refusal.ts";
import { type FindRegion, regionFinder } from "./region.ts";
import { checkSpecificTenant, checkTenantId, isAdfs } from "./tenants.ts";
import { tokenForm } from "./token-form.ts";
import { parseTokenResponse } from "./token-response.ts";

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

/** Says who is asking, and that we wait when told to (see docs/decisions/retries.md). */
const HEADERS: Readonly<Record<string, string>> = {
	Accept: "application/json",
	"return-client-request-id": "true",
	"x-client-SKU": "azidentity",
	"x-client-Ver": VERSION,
	"x-client-OS": process.platform,
	"x-client-CPU": process.arch,
	"x-ms-lib-capability": "retry-after, h429",
};

/** What all requests have in common. */
const REQUEST = { headers: HEADERS, requestIdHeader: "client-request-id" };

/** A client's fixed parts. */
interface Parts extends Pick<Asking, "credentialName" | "clientId" | "send"> {
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
	const parts: Parts = {
		credentialName,
		clientId,
		authority: authority(credentialName, options, findRegion),
		send,
		logsAccounts: allowLoggingAccountIdentifiers,
	};
	return {
		environment: parts.authority.environment,
		clientId,
		requestToken: (request, parameters, proof, details) =>
			requestToken(parts, request, parameters, proof, details),
		endpoints: (errand) => endpoints(parts, errand),
		get: (url, errand) =>
			parts.send({ ...ofErrand(errand), ...REQUEST, method: "GET", url }),
		async postForm(url, form, errand, settings = {}) {
			const question = asked(parts, url, errand, form);
			const answer = await post(parts, question, form, errand, settings);
			if (typeof jsonObject(answer.body)?.error !== "string") return answer;
			throw refusal(question, answer);
		},
	};
}

async function requestToken(
	parts: Parts,
	request: TokenRequest,
	parameters: Readonly<Record<string, string>>,
	proof: ClientProof | undefined,
	details: TokenRequestDetails = {},
): Promise<Grant> {
	const { authority, clientId, credentialName, logsAccounts } = parts;
	const { abortSignal, scopes, tenantId } = request;
	throwIfAborted(abortSignal);
	const { isRepeatable, isUserGrant } = grantKind(parameters.grant_type);
	const check = isUserGrant ? checkTenantId : checkSpecificTenant;
	check(credentialName, tenantId);
	const common = tokenForm(credentialName, clientId, request, isUserGrant);

	const { token: url } = await endpoints(parts, request);
	const asking = proof?.({
		tokenEndpoint: url,
		clientId,
		isAdfs: isAdfs(tenantId),
		abortSignal,
	});
	const shown = asking && (await abortable(asking, abortSignal));
	const form = { ...parameters, ...shown, ...common };
	const settings = { isRepeatable, headers: anchorHeader(details) };
	const question = asked(parts, url, request, form);
	const answer = await post(parts, question, form, request, settings);

	const { environment } = authority;
	const { homeAccountId, nonce } = details;
	const context = { clientId, tenantId, environment, homeAccountId, nonce };
	const grant = parseTokenResponse(question, answer, scopes, context);
	if (logsAccounts) logAccountIdentifiers(credentialName, grant.token.token);
	return grant;
}

function endpoints(parts: Parts, errand: Errand): Promise<Endpoints> {
	const { authority, clientId, credentialName, send } = parts;
	const asking = { ...ofErrand(errand), credentialName, clientId, send };
	return authority.endpoints(errand.tenantId, asking);
}

async function post(
	parts: Parts,
	question: Asked,
	form: Readonly<Record<string, string>>,
	errand: Errand,
	settings: PostSettings,
): Promise<HttpAnswer> {
	const answer = await parts.send({
		...ofErrand(errand),
		method: "POST",
		url: question.url,
		form,
		...REQUEST,
		headers: { ...HEADERS, ...settings.headers },
		...(!settings.isRepeatable && { retries: NO_RETRIES }),
	});
	if (answer.status < 200 || answer.status > 299)
		throw refusal(question, answer);
	return answer;
}

function asked(
	{ clientId, credentialName }: Parts,
	url: string,
	{ tenantId }: Errand,
	form: Readonly<Record<string, string>>,
): Asked {
	const secrets = secretsIn(form);
	return { credentialName, clientId, tenantId, url, secrets };
}

/** What an errand says about the requests it needs, and nothing of the token it is for. */
function ofErrand({ abortSignal, timeout, tracingOptions }: Errand) {
	return { abortSignal, timeout, ...(tracingOptions && { tracingOptions }) };
}

/** Only what a header may hold: a user name can be in any script, and a line break would start another header. */
function anchorHeader({
	anchorMailbox,
}: TokenRequestDetails): Record<string, string> {
	if (anchorMailbox === undefined) return {};
	return { "X-AnchorMailbox": anchorMailbox.replace(/[^\x20-\x7e]/g, "") };
}
