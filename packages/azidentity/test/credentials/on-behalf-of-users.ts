import { manualClock, minutes } from "@azidentity/testkit";
import {
	createHttpHeaders,
	type HttpClient,
	type PipelineRequest,
	type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { OnBehalfOfCredential, TokenCache } from "azidentity";

/** One request that an API serves: whose it is, and what the API needs for it. */
export interface Call {
	readonly user: number;
	readonly tenant: string;
	readonly scope: string;
	readonly cae: boolean;
	readonly canAbort: boolean;
}

interface Caller {
	readonly controller: AbortController;
	isWaiting: boolean;
	failure?: unknown;
}

interface OpenRequest {
	readonly need: string;
	readonly answer: () => void;
}

/** Tokens of the service live for so long, and are used until five minutes before. */
const LIFETIME_S = 3_600;
const USED_MS = (LIFETIME_S - 5 * 60) * 1_000;

const needOf = (user: string, tenant: string, scope: string, cae: boolean) =>
	[user, tenant, scope, cae].join("|");

/**
 * An API with one credential per request and one cache for all, and a token service whose tokens say for whom
 * they are. It answers when it is told to, and notes what must not happen.
 */
export class BusyApi {
	readonly clock = manualClock();
	readonly violations: string[] = [];
	readonly callers: Caller[] = [];
	readonly grants = new Map<string, number>();
	readonly #tokenCache = new TokenCache({ now: this.clock.now });
	/** In the order in which they came. */
	readonly #open = new Map<string, OpenRequest>();
	/** Until when the last answer for a need spares a request. */
	readonly #met = new Map<string, number>();

	serve({ user, tenant, scope, cae, canAbort }: Call): void {
		const controller = new AbortController();
		const caller: Caller = { controller, isWaiting: true };
		this.callers.push(caller);
		const credential = new OnBehalfOfCredential({
			tenantId: "home",
			clientId: "api",
			clientSecret: "secret",
			userAssertionToken: `user-${user}`,
			additionallyAllowedTenants: ["*"],
			tokenCache: this.#tokenCache,
			httpClient: this.#httpClient,
			now: this.clock.now,
		});
		credential
			.getToken(scope, {
				tenantId: tenant,
				enableCae: cae,
				...(canAbort && { abortSignal: controller.signal }),
			})
			.then(
				({ token }) => {
					const mine = needOf(`user-${user}`, tenant, scope, cae);
					if (!token.startsWith(`${mine}|`))
						this.violations.push(`${mine} was handed the token of ${token}`);
				},
				(error) => {
					caller.failure = error;
				},
			)
			.finally(() => {
				caller.isWaiting = false;
			});
	}

	get openRequests(): number {
		return this.#open.size;
	}

	/** Answers one of the open requests, counted from the oldest. */
	answer(which: number): void {
		const all = [...this.#open.values()];
		all[which % all.length]?.answer();
	}

	readonly #httpClient: HttpClient = {
		sendRequest: (request) => this.#receive(request),
	};

	#receive(request: PipelineRequest): Promise<PipelineResponse> {
		const form = new URLSearchParams(String(request.body));
		const grantType = form.get("grant_type") ?? "";
		this.grants.set(grantType, (this.grants.get(grantType) ?? 0) + 1);
		const user =
			form.get("assertion") ?? form.get("refresh_token")?.split(" ").at(-1);
		const tenant = new URL(request.url).pathname.split("/")[1] ?? "";
		const scope = form.get("scope")?.split(" ")[0] ?? "";
		const cae = form.get("claims")?.includes("CP1") === true;
		if (user === undefined) this.violations.push(`a grant for nobody: ${form}`);
		const need = needOf(user ?? "nobody", tenant, scope, cae);
		if (this.#open.has(need))
			this.violations.push(`${need} was asked for while it was under way`);
		if ((this.#met.get(need) ?? 0) > this.clock.now())
			this.violations.push(`${need} was asked for while a token was there`);

		const setOut = this.clock.now();
		return new Promise((resolve, reject) => {
			const answer = () => {
				this.#open.delete(need);
				this.#met.set(need, setOut + USED_MS);
				resolve(granted(request, `${need}|`, user ?? "nobody"));
			};
			this.#open.set(need, { need, answer });
			request.abortSignal?.addEventListener("abort", () => {
				this.#open.delete(need);
				reject(Object.assign(new Error("left"), { name: "AbortError" }));
			});
		});
	}
}

function granted(
	request: PipelineRequest,
	token: string,
	user: string,
): PipelineResponse {
	const body = {
		token_type: "Bearer",
		expires_in: LIFETIME_S,
		access_token: token,
		refresh_token: `refresh ${user}`,
	};
	const headers = createHttpHeaders({ "content-type": "application/json" });
	return { request, status: 200, headers, bodyAsText: JSON.stringify(body) };
}

/** How far a clock may jump between two requests: not at all, close to a token's end, past it. */
export const JUMPS = [0, 0, 0, minutes(54), minutes(70)];
