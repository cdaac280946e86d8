import assert from "node:assert/strict";
import { type ManualClock, manualClock } from "@azidentity/testkit";
import type {
	HttpClient,
	PipelineRequest,
	PipelineResponse,
} from "@azure/core-rest-pipeline";
import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { secretProof } from "../../src/entra/client-proof.ts";
import {
	type EntraClientOptions,
	entraClient,
} from "../../src/entra/entra-client.ts";
import type { Grant, TokenRequest } from "../../src/token.ts";

/** What the service does with one request. */
export interface Scripted {
	status?: number;
	headers?: Record<string, string>;
	/** An object is sent as JSON. */
	body?: object | string;
	/** The connection fails with this instead. */
	error?: unknown;
	/** Nothing ever comes back. */
	hangs?: boolean;
	/** The answer comes later. */
	pending?: Promise<Scripted>;
}

/** One request, as it left the pipeline. */
export interface Seen {
	method: string;
	url: string;
	headers: Record<string, string>;
	form: Record<string, string>;
}

export const CLIENT_ID = "11111111-1111-1111-1111-111111111111";
export const TENANT = "22222222-2222-2222-2222-222222222222";
export const SECRET = "planted~secret.Value+with/odd=chars&é";
export const SCOPE = "https://vault.azure.net/.default";
export const TOKEN_URL = `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`;

/** A success as Entra sends it. */
export const GRANTED = {
	token_type: "Bearer",
	expires_in: 3599,
	ext_expires_in: 7199,
	access_token: "the-token",
};

/** A service that answers by script, through the documented option `httpClient`, and a client in front of it. */
export class ScriptedService {
	readonly clock: ManualClock = manualClock();
	readonly seen: Seen[] = [];
	/** What told each request that nobody wants its answer any more. */
	readonly signals: { readonly aborted: boolean }[] = [];
	/** The waits that were asked for, in milliseconds; each is over at once. */
	readonly waits: number[] = [];
	/** The time limits of attempts; each can be let pass. */
	readonly limits: { milliseconds: number; expire: () => void }[] = [];
	readonly #script: Scripted[];

	constructor(...script: Scripted[]) {
		this.#script = script;
	}

	readonly httpClient: HttpClient = {
		sendRequest: async (request) => {
			this.seen.push(seen(request));
			if (request.abortSignal) this.signals.push(request.abortSignal);
			const first = this.#script.shift();
			assert.ok(first, `one request too many: ${request.url}`);
			const next = (await first.pending) ?? first;
			if (next.hangs) return new Promise<never>(() => {});
			if (next.error !== undefined) throw next.error;
			return response(request, next);
		},
	};

	/** Options that lead to this service, on a clock that stands still and with no real timer. */
	options(more: EntraClientOptions = {}): EntraClientOptions {
		return {
			httpClient: this.httpClient,
			now: this.clock.now,
			random: () => 0.4,
			setTimeout: (callback, milliseconds) => {
				if (this.#isLimit(milliseconds))
					return this.limits.push({ milliseconds, expire: callback });
				this.waits.push(milliseconds);
				this.clock.advance(milliseconds);
				return queueMicrotask(callback);
			},
			...more,
		};
	}

	/** Resolves when an attempt is on its way and its limit runs. */
	async limitSet(): Promise<void> {
		while (this.seen.length === 0 || this.limits.length === 0)
			await new Promise((resolve) => setImmediate(resolve));
	}

	/** No test waits that long between attempts, so these can only be limits. */
	#isLimit(milliseconds: number): boolean {
		return milliseconds === 30_000 || milliseconds === 1_234;
	}

	/** One token by client credentials. */
	requestToken(
		request: Partial<TokenRequest> = {},
		options: EntraClientOptions = {},
	): Promise<Grant> {
		const client = entraClient(
			"TestCredential",
			CLIENT_ID,
			this.options(options),
		);
		return client.requestToken(
			tokenRequest(request),
			{ grant_type: "client_credentials" },
			secretProof(SECRET),
		);
	}
}

export function tokenRequest(more: Partial<TokenRequest> = {}): TokenRequest {
	return {
		scopes: [SCOPE],
		tenantId: TENANT,
		cae: false,
		abortSignal: new AbortController().signal,
		...more,
	};
}

function seen(request: PipelineRequest): Seen {
	const body = typeof request.body === "string" ? request.body : "";
	return {
		method: request.method,
		url: request.url,
		headers: { ...request.headers.toJSON() },
		form: Object.fromEntries(new URLSearchParams(body)),
	};
}

function response(
	request: PipelineRequest,
	{ status = 200, headers = {}, body = "" }: Scripted,
): PipelineResponse {
	const isJson = typeof body === "object";
	return {
		request,
		status,
		headers: createHttpHeaders({
			...(isJson && { "content-type": "application/json" }),
			...headers,
		}),
		bodyAsText: isJson ? JSON.stringify(body) : body,
	};
}

/** The error that the promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
	try {
		await promise;
	} catch (error) {
		assert.ok(error instanceof Error);
		return error;
	}
	return assert.fail("it did not fail");
}
