import {
	createHttpHeaders,
	type HttpClient,
	type PipelineRequest,
	type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { Random } from "../random.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What an authority can be like for a while. */
export const MOODS = [
	"well",
	"down",
	"slow",
	"throttling",
	"broken",
	"resetting",
	"lying",
] as const;
export type Mood = (typeof MOODS)[number];

/** How long a mood lasts at most: longer than a token, so that some calls find nothing that is valid. */
const LONGEST_MOOD_MS = 2 * 3_600_000;
const SLOWEST_MS = 90_000;
/** Tokens live for five minutes to 90. */
const SHORTEST_LIFE_S = 300;
const LIFE_SPAN_S = 5_100;

/** A token that was granted, by what it is for. */
export interface Granted {
	readonly token: string;
	/** In milliseconds since 1970, as far as who asked can know: counted from when the request set out. */
	readonly expiresOn: number;
}

/** An authority that is well at times. It is what the option `httpClient` leads to. */
export class MoodyAuthority implements HttpClient {
	requests = 0;
	mood: Mood = "well";
	/** The newest token of each thing asked for, once its answer has left. */
	readonly granted = new Map<string, Granted>();
	/** How many requests came, by what they were for. */
	readonly requestsFor = new Map<string, number>();
	/** The most requests for one thing that were under way at the same time. */
	mostAtOnce = 0;
	readonly #time: VirtualTime;
	readonly #random: Random;
	readonly #underWay = new Map<string, number>();
	#until = 0;

	constructor(time: VirtualTime, random: Random) {
		this.#time = time;
		this.#random = random;
	}

	async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
		this.changeMood();
		const wanted = wantedBy(request);
		this.requests += 1;
		this.requestsFor.set(wanted, (this.requestsFor.get(wanted) ?? 0) + 1);
		const underWay = (this.#underWay.get(wanted) ?? 0) + 1;
		this.#underWay.set(wanted, underWay);
		this.mostAtOnce = Math.max(this.mostAtOnce, underWay);
		const over = once(() =>
			this.#underWay.set(wanted, (this.#underWay.get(wanted) ?? 1) - 1),
		);
		// Who gave up waiting has no request under way, even if the authority is still at it.
		request.abortSignal?.addEventListener("abort", over);
		return this.#answer(request, wanted).finally(over);
	}

	/** A mood lasts its time; half of all moods are good ones. */
	changeMood(): void {
		if (this.#time.now() < this.#until) return;
		const isWell = this.#random.below(2) === 0;
		this.mood = isWell
			? "well"
			: (MOODS[this.#random.below(MOODS.length)] ?? "well");
		this.#until = this.#time.now() + this.#random.next() * LONGEST_MOOD_MS;
	}

	async #answer(
		request: PipelineRequest,
		wanted: string,
	): Promise<PipelineResponse> {
		// The next attempt is the same request with another signal.
		const { abortSignal } = request;
		const arrived = this.#time.now();
		switch (this.mood) {
			case "well":
				await this.#wait(this.#random.below(300));
				return this.#grant(request, wanted, arrived);
			case "slow":
				await this.#wait(this.#random.below(SLOWEST_MS));
				// Nobody may be waiting any more: what they never got is no token that they have.
				if (abortSignal?.aborted) throw failure("ECONNRESET");
				return this.#grant(request, wanted, arrived);
			case "down":
				throw failure("ECONNREFUSED");
			case "resetting":
				await this.#wait(this.#random.below(300));
				throw failure("ECONNRESET");
			case "throttling":
				return answer(request, 429, "", {
					"retry-after": String(this.#random.below(180)),
				});
			case "broken":
				return answer(
					request,
					500 + this.#random.below(5),
					"<html>Bad Gateway</html>",
				);
			case "lying":
				return answer(
					request,
					200,
					LIES[this.#random.below(LIES.length)] ?? "",
				);
		}
	}

	#wait(milliseconds: number): Promise<void> {
		return new Promise((resolve) => {
			this.#time.setTimeout(resolve, milliseconds);
		});
	}

	#grant(
		request: PipelineRequest,
		wanted: string,
		arrived: number,
	): PipelineResponse {
		const lifetime = SHORTEST_LIFE_S + this.#random.below(LIFE_SPAN_S);
		const token = `${wanted} ${this.#time.now() + lifetime * 1_000}`;
		this.granted.set(wanted, { token, expiresOn: arrived + lifetime * 1_000 });
		const body = {
			token_type: "Bearer",
			expires_in: lifetime,
			access_token: token,
		};
		return answer(request, 200, JSON.stringify(body));
	}
}

const LIES = [
	"<html>Welcome to the hotel's network</html>",
	"",
	"{}",
	'{"token_type":"Bearer","expires_in":3600,"access_to',
	'{"token_type":"Bearer","expires_in":-1,"access_token":"a-lie"}',
	'{"token_type":"mac","expires_in":3600,"access_token":"a-lie"}',
	'{"token_type":"Bearer","expires_in":3600,"access_token":""}',
	'{"error":"temporarily_unavailable"}',
];

/** Tenant and scope of a request. */
function wantedBy({ url, body }: PipelineRequest): string {
	const [, tenant] = new URL(url).pathname.split("/");
	return `${tenant} ${new URLSearchParams(String(body)).get("scope")}`;
}

function once(action: () => void): () => void {
	let isDone = false;
	return () => {
		if (!isDone) action();
		isDone = true;
	};
}

function failure(code: string): Error {
	return Object.assign(new Error(`connect ${code}`), { code });
}

function answer(
	request: PipelineRequest,
	status: number,
	body: string,
	headers: Record<string, string> = {},
): PipelineResponse {
	return {
		request,
		status,
		headers: createHttpHeaders(headers),
		bodyAsText: body,
	};
}
