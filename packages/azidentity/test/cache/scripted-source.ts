import type {
	Grant,
	Held,
	TokenRequest,
	TokenSource,
} from "../../src/token.ts";

/** One request that reached the source, waiting to be answered by the test. */
export interface ScriptedRequest {
	readonly request: TokenRequest;
	readonly held: Held;
	/** Grants a new token that lives so long, in milliseconds. */
	grant(lifetime: number, extra?: GrantExtra): string;
	fail(error: unknown): void;
}

export interface GrantExtra {
	readonly refreshIn?: number;
	readonly extendedLifetime?: number;
	readonly refreshToken?: string;
	readonly scope?: string;
}

/** A token source whose answers the test gives, one request at a time. */
export interface ScriptedSource {
	readonly source: TokenSource;
	readonly requests: ScriptedRequest[];
	/** The request that came last. */
	readonly last: ScriptedRequest;
}

export function scriptedSource(now: () => number): ScriptedSource {
	const requests: ScriptedRequest[] = [];
	const source: TokenSource = (request, held) =>
		new Promise((resolve, reject) => {
			const setOut = now();
			const token = `token-${requests.length + 1}-of-${request.tenantId}`;
			request.abortSignal.addEventListener("abort", () => {
				reject(request.abortSignal.reason);
			});
			requests.push({
				request,
				held,
				grant(lifetime, extra = {}) {
					resolve(grantOf(token, setOut, lifetime, request, extra));
					return token;
				},
				fail: reject,
			});
		});
	return {
		source,
		requests,
		get last() {
			const request = requests.at(-1);
			if (request === undefined) throw new Error("no request has come yet");
			return request;
		},
	};
}

function grantOf(
	token: string,
	setOut: number,
	lifetime: number,
	request: TokenRequest,
	extra: GrantExtra,
): Grant {
	const { refreshIn, extendedLifetime, refreshToken, scope } = extra;
	return {
		token: {
			token,
			expiresOnTimestamp: setOut + lifetime,
			tokenType: "Bearer",
			...(refreshIn !== undefined && {
				refreshAfterTimestamp: setOut + refreshIn,
			}),
		},
		scope: scope ?? request.scopes.join(" "),
		...(refreshToken !== undefined && { refreshToken }),
		...(extendedLifetime !== undefined && {
			extendedExpiresOn: setOut + extendedLifetime,
		}),
	};
}

/** Lets everything that is ready to run, run. */
export async function settled(): Promise<void> {
	for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}
