import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type {
	ChallengeCallbacks,
	PipelinePolicy,
	PipelineRequest,
	PipelineResponse,
	SendRequest,
} from "@azure/core-rest-pipeline";
import type { AzureLogger } from "@azure/logger";
import { TokenCache } from "../cache/token-cache.ts";
import { logger as ownLogger } from "../foundation/log.ts";
import { normaliseScopes } from "../foundation/scopes.ts";
import { challengedClaims, challengedTenant } from "./challenges.ts";
import { checkCredential } from "./credential-answer.ts";
import {
	type Attempt,
	attempt,
	canBeSentAgain,
	outcome,
} from "./sent-request.ts";
import { tenantsByHost } from "./tenants-by-host.ts";
import { tokenMemory } from "./token-memory.ts";

/** Options of {@link bearerTokenPolicy}: those of `bearerTokenAuthenticationPolicy`, and a few more. */
export interface BearerTokenPolicyOptions {
	/** Who gets the tokens; anybody's credential. Default: nobody, and requests are sent as they are. */
	credential?: TokenCredential;
	/** What the tokens are for, such as "https://vault.azure.net/.default". */
	scopes: string | string[];
	/** The tenant to ask for. Default: the credential's own. */
	tenantId?: string;
	/** Whether tokens may be revoked before they expire, which the policy then deals with. Default true. */
	enableCae?: boolean;
	/**
	 * Whether a resource that turns a token away may name the tenant whose tokens it takes, as Azure Storage and Key Vault
	 * do. The request is then sent once more with a token of that tenant, if the credential may use it
	 * (`additionallyAllowedTenants`), and later requests to that host start with it. Only the tenant is the resource's to
	 * say: what the token is for stays `scopes`. Default false.
	 */
	enableTenantDiscovery?: boolean;
	/** In the place of what the policy does by itself before a request, and after a 401 that is no claims challenge. */
	challengeCallbacks?: ChallengeCallbacks;
	/** Where warnings go; callbacks are handed it. Default: the log of this package. */
	logger?: AzureLogger;
	/** @internal The clock, in milliseconds since 1970. */
	now?: () => number;
}

const NAME = "bearerTokenPolicy";

/** That of the policy it takes the place of, so that no pipeline has both. */
const POLICY_NAME = "bearerTokenAuthenticationPolicy";

type GetAccessToken = (
	scopes: string[],
	options: GetTokenOptions,
) => Promise<AccessToken | null>;

/**
 * A policy for pipelines of `@azure/core-rest-pipeline` that signs requests with a credential's tokens, in the place of
 * `bearerTokenAuthenticationPolicy` and under its name.
 *
 * Tokens are remembered by scopes, tenant and kind, whatever the credential; requests at once share one request for a
 * token, and it is replaced behind their backs. A resource's claims challenge is answered once per request. Requests
 * reject with what the credential throws, and with an `Error` before any token is asked for when their URL is not https.
 *
 * @throws TypeError when the credential is none, or the scopes cannot be.
 */
export function bearerTokenPolicy(
	options: BearerTokenPolicyOptions,
): PipelinePolicy {
	const {
		challengeCallbacks: callbacks = {},
		enableCae = true,
		enableTenantDiscovery: discovers = false,
		logger = ownLogger,
	} = options;
	const getAccessToken = accessTokenGetter(options);
	const scopes = scopesOf(options);
	const tenants = tenantsByHost(options.tenantId);
	const parts = { callbacks, discovers, enableCae, getAccessToken, logger };
	const door: Door = { ...parts, scopes, tenants };
	return {
		name: POLICY_NAME,
		sendRequest: (request, next) => sendSigned(door, request, next),
	};
}

/** What a policy signs requests with. */
interface Door {
	readonly callbacks: Partial<ChallengeCallbacks>;
	readonly discovers: boolean;
	readonly enableCae: boolean;
	readonly getAccessToken: GetAccessToken;
	readonly logger: AzureLogger;
	readonly scopes: readonly string[];
	readonly tenants: ReturnType<typeof tenantsByHost>;
}

/** One request on its way, and what its token was asked for: by the policy, or by a callback that knows better. */
interface Visit {
	readonly request: PipelineRequest;
	scopes: readonly string[];
	tenantId: string | undefined;
}

async function sendSigned(
	door: Door,
	request: PipelineRequest,
	next: SendRequest,
): Promise<PipelineResponse> {
	refusePlainHttp(request.url);
	const { callbacks, scopes, tenants } = door;
	const visit: Visit = { request, scopes, tenantId: tenants.of(request) };
	if (callbacks.authorizeRequest)
		await callbacks.authorizeRequest(given(door, visit));
	else await sign(door, visit);
	let sent = await attempt(request, next);
	let isSigned = await answerClaims(door, visit, sent);
	if (!isSigned && (await answerOther(door, visit, sent))) {
		if (!canBeSentAgain(request)) return outcome(sent);
		sent = await attempt(request, next);
		isSigned = await answerClaims(door, visit, sent);
	}
	// Claims are answered once: a resource that goes on asking is the program's to deal with.
	if (!isSigned || !canBeSentAgain(request)) return outcome(sent);
	return outcome(await attempt(request, next));
}

/** Signs the request; false when there is nobody to ask for a token. */
async function sign(
	{ enableCae, getAccessToken }: Door,
	{ request, scopes, tenantId }: Visit,
	claims?: string,
): Promise<boolean> {
	const { abortSignal, headers, tracingOptions } = request;
	const token = await getAccessToken([...scopes], {
		enableCae,
		...(abortSignal && { abortSignal }),
		...(claims !== undefined && { claims }),
		...(tenantId !== undefined && { tenantId }),
		...(tracingOptions && { tracingOptions }),
	});
	if (token === null) return false;
	const { tokenType = "Bearer" } = token;
	headers.set("Authorization", `${tokenType} ${token.token}`);
	return true;
}

/** Whether the request was signed anew because the resource wants other claims. */
async function answerClaims(
	door: Door,
	visit: Visit,
	{ response }: Attempt,
): Promise<boolean> {
	const claims = challengedClaims(challengeOf(response));
	return claims !== undefined && sign(door, visit, claims);
}

/** Whether the request was authorised anew because of any other challenge. */
async function answerOther(
	door: Door,
	visit: Visit,
	{ response }: Attempt,
): Promise<boolean> {
	const challenge = challengeOf(response);
	if (challenge === "") return false;
	const { callbacks, discovers, tenants } = door;
	if (callbacks.authorizeRequestOnChallenge)
		return callbacks.authorizeRequestOnChallenge({
			...given(door, visit),
			response,
		});
	const tenantId = discovers ? challengedTenant(challenge) : undefined;
	if (tenantId === undefined || tenantId === visit.tenantId) return false;
	visit.tenantId = tenantId;
	if (!(await sign(door, visit))) return false;
	tenants.learn(visit.request, tenantId);
	return true;
}

/** What callbacks are handed; the list is theirs. */
function given({ getAccessToken, logger, scopes }: Door, visit: Visit) {
	return {
		scopes: [...scopes],
		request: visit.request,
		logger,
		getAccessToken(wanted: string[], options: GetTokenOptions) {
			visit.scopes = wanted;
			visit.tenantId = options.tenantId;
			return getAccessToken(wanted, options);
		},
	};
}

function accessTokenGetter(options: BearerTokenPolicyOptions): GetAccessToken {
	const { credential, now = Date.now } = options;
	if (credential === undefined) return async () => null;
	checkCredential(NAME, credential);
	const cache = new TokenCache({ now });
	return tokenMemory({ name: NAME, credential, cache, owner: "", now });
}

/** The scopes as the callbacks get them; those may know better what a request needs, so that there need be none. */
function scopesOf(options: BearerTokenPolicyOptions): string[] {
	const { challengeCallbacks, credential, scopes } = options;
	if (challengeCallbacks?.authorizeRequest === undefined && credential)
		normaliseScopes(NAME, scopes);
	return Array.isArray(scopes) ? [...scopes] : [scopes];
}

function refusePlainHttp(url: string): void {
	if (url.toLowerCase().startsWith("https://")) return;
	throw new Error(
		`${NAME}: bearer token authentication is not permitted for URLs without https: whoever sees the request could use the token. Use the service's https URL.`,
	);
}

/** What the resource says about how to get in; "" unless it turned the request away. */
function challengeOf({ headers, status }: PipelineResponse): string {
	return status === 401 ? (headers.get("WWW-Authenticate") ?? "") : "";
}
