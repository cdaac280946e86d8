import { jsonObject } from "../foundation/json-object.ts";
import { VERSION } from "../foundation/version.ts";
import {
	type HttpAnswer,
	httpSender,
	type SendHttp,
} from "../platform/http.ts";
import type { RetryRule } from "../platform/retry.ts";
import type { Grant, TokenRequest } from "../token.ts";
import type { Surroundings } from "./host.ts";
import { type Asked, refusal, unusable } from "./refusal.ts";
import { tokenOf } from "./token-answer.ts";

/** What a host wants to be sent. */
export interface Wire {
	readonly method: "GET" | "POST";
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly form?: Readonly<Record<string, string>>;
	/** The values in it that no error may show. */
	readonly secrets?: readonly string[];
}

/** How a host is dealt with. */
export interface HostTraits {
	readonly hostName: string;
	readonly retries: RetryRule;
	/** How long one attempt may take, in milliseconds, unless the call says otherwise. Default a minute. */
	readonly timeout?: number;
	/** What to do when nobody answers, and when the host refuses. */
	readonly adviceOnSilence: string;
	readonly adviceOnRefusal: string;
	/** Sends the requests, in place of the HTTP client of the credential. */
	readonly sender?: SendHttp;
	/** Whether what answered may be something else than the host. Default never. */
	readonly isStranger?: (answer: HttpAnswer) => boolean;
	/** Why a token that came is not the one asked for; undefined when it is. */
	readonly mismatch?: (
		document: Readonly<Record<string, unknown>>,
	) => string | undefined;
}

/** Speaks to one host. It remembers no token. */
export interface HostClient {
	/** Sends a request, and resolves with the answer, whatever its status. */
	send(request: TokenRequest, wire: Wire): Promise<HttpAnswer>;
	/** What an answer grants. Throws the AuthenticationError for one that grants nothing. */
	grantOf(answer: HttpAnswer, request: TokenRequest, wire: Wire): Grant;
	/** Both, one after the other. */
	requestToken(request: TokenRequest, wire: Wire): Promise<Grant>;
}

/** A host that thinks longer than this is not going to answer; it may well think for half of it. */
const DEFAULT_TIMEOUT_MS = 60_000;

const HEADERS: Readonly<Record<string, string>> = {
	Accept: "application/json",
	"x-client-SKU": "azidentity",
	"x-client-Ver": VERSION,
};

/** A client for one host. Making one asks nobody and loads nothing. */
export function hostClient(
	surroundings: Surroundings,
	traits: HostTraits,
): HostClient {
	const { credentialName, options } = surroundings;
	const { timeout = DEFAULT_TIMEOUT_MS, adviceOnSilence: advice } = traits;
	const sendHttp =
		traits.sender ??
		httpSender(credentialName, options, { ...options, isDirect: true });

	const send = (request: TokenRequest, wire: Wire) =>
		sendHttp({
			...wire,
			headers: { ...HEADERS, ...wire.headers },
			requestIdHeader: "x-ms-client-request-id",
			abortSignal: request.abortSignal,
			timeout: request.timeout ?? timeout,
			retries: traits.retries,
			advice,
			...(request.tracingOptions && { tracingOptions: request.tracingOptions }),
		});
	const grantOf = (answer: HttpAnswer, request: TokenRequest, wire: Wire) =>
		grant(asked(surroundings, traits, answer, request, wire), answer, traits);
	return {
		send,
		grantOf,
		requestToken: async (request, wire) =>
			grantOf(await send(request, wire), request, wire),
	};
}

function asked(
	{ credentialName, identity }: Surroundings,
	{ adviceOnRefusal, hostName, isStranger }: HostTraits,
	answer: HttpAnswer,
	request: TokenRequest,
	{ secrets = [] }: Wire,
): Asked {
	return {
		credentialName,
		hostName,
		identity,
		resource: resourceOf(request),
		advice: adviceOnRefusal,
		secrets,
		isStranger: isStranger?.(answer) ?? false,
	};
}

function grant(asked: Asked, answer: HttpAnswer, traits: HostTraits): Grant {
	if (answer.status < 200 || answer.status > 299) throw refusal(asked, answer);
	const document = jsonObject(answer.body);
	// Some hosts refuse with status 200.
	if (document?.error !== undefined) throw refusal(asked, answer);
	const token =
		document === undefined
			? "the answer is no JSON document"
			: tokenOf(document, answer.sentAt);
	if (document === undefined || typeof token === "string")
		throw unusable(
			asked,
			answer,
			"invalid_response",
			`its answer cannot be used: ${token}`,
		);
	const mismatch = traits.mismatch?.(document);
	if (mismatch !== undefined)
		throw unusable(asked, answer, "identity_mismatch", mismatch);
	return { token, scope: asked.resource };
}

/** The one scope of a request, which `resourceScopes` has made a resource. */
export function resourceOf(request: TokenRequest): string {
	return request.scopes.join(" ");
}
