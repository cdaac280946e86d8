import type { AccessToken } from "@azure/core-auth";
import { ClientSecretCredential } from "../../src/credentials/client-secret-credential.ts";
import type { Fault, Trial } from "../fault.ts";
import { MoodyAuthority } from "../simulation/moody-authority.ts";
import { VirtualTime } from "../simulation/virtual-time.ts";

const CLIENT = "0a1b2c3d-0000-4000-8000-00000000cc03";
const TENANTS = [1, 2, 3].map(
	(number) => `0a1b2c3d-0000-4000-8000-00000000000${number}`,
);
const SCOPES = ["vault", "graph", "storage", "sql"].map(
	(name) => `https://${name}.example/.default`,
);

/** Between two calls, at most; mostly far less. */
const LONGEST_GAP_MS = 120_000;
/** While a token is valid, a source that fails is asked again after so long. */
const PAUSE_MS = 30_000;
/** The first attempt and its retries. */
const ATTEMPTS = 4;

export const authority: Fault = {
	name: "authority",
	what: "an authority that is down, slow, throttling, broken, resetting or lying, as chance has it",
	mustHold:
		"no failure while a valid token exists; no token that has expired, or is another's; requests bounded",
	unit: "calls",
	budgets: { short: 4_000, usual: 100_000, long: 5_000_000 },
	needs: [],
	async run(trial) {
		const { budget, progress, random } = trial;
		const time = new VirtualTime();
		const service = new MoodyAuthority(time, random);
		const credential = new ClientSecretCredential(
			TENANTS[0] ?? "",
			CLIENT,
			"a-secret",
			{
				httpClient: service,
				additionallyAllowedTenants: ["*"],
				disableInstanceDiscovery: true,
				now: time.now,
				setTimeout: time.setTimeout,
				random: random.next,
			},
		);
		const watch = new Watch(trial, time, service);
		for (let call = 1; call <= budget; call += 1) {
			service.changeMood();
			const tenantId = TENANTS[random.below(TENANTS.length)] ?? "";
			const scope = SCOPES[random.below(SCOPES.length)] ?? "";
			watch.follow(
				`${tenantId} ${scope}`,
				credential.getToken(scope, { tenantId }),
			);
			await time.pass(random.next() ** 4 * LONGEST_GAP_MS);
			progress(call);
		}
		watch.judgeRequests();
		return { done: budget, notes: watch.notes() };
	},
};

/** Compares what callers hear with what the authority has granted. */
class Watch {
	readonly #trial: Trial;
	readonly #time: VirtualTime;
	readonly #service: MoodyAuthority;
	/** How many calls found no valid token, by what was wanted: each of them may ask the source. */
	readonly #without = new Map<string, number>();
	readonly #started: number;
	#served = 0;
	#failed = 0;

	constructor(trial: Trial, time: VirtualTime, service: MoodyAuthority) {
		this.#trial = trial;
		this.#time = time;
		this.#service = service;
		this.#started = time.now();
	}

	follow(wanted: string, call: Promise<AccessToken>): void {
		if (!this.#isValid(wanted)) this.#note(wanted);
		call.then(
			(token) => this.#hear(wanted, token),
			(error) => this.#hearFailure(wanted, error),
		);
	}

	#hear(wanted: string, { token, expiresOnTimestamp }: AccessToken) {
		this.#served += 1;
		const { broken } = this.#trial;
		if (!token.startsWith(`${wanted} `))
			broken(`who asked for ${wanted} was given ${token}`);
		if (Number(token.split(" ")[2]) <= this.#time.now())
			broken(`a token for ${wanted} was handed out after its end`);
		if (expiresOnTimestamp > Number(token.split(" ")[2]))
			broken(`a token for ${wanted} seems to live longer than it does`);
	}

	#hearFailure(wanted: string, error: unknown) {
		this.#failed += 1;
		if (this.#isValid(wanted))
			this.#trial.broken(
				`a call for ${wanted} failed with a valid token there: ${error}`,
			);
	}

	#isValid(wanted: string): boolean {
		const granted = this.#service.granted.get(wanted);
		return granted !== undefined && granted.expiresOn > this.#time.now();
	}

	#note(wanted: string) {
		this.#without.set(wanted, (this.#without.get(wanted) ?? 0) + 1);
	}

	/** With a valid token, no more than one flight each pause; without, no more than one for each call; never two at once. */
	judgeRequests() {
		const { broken } = this.#trial;
		if (this.#service.mostAtOnce > 1)
			broken(
				`${this.#service.mostAtOnce} requests for one thing at the same time`,
			);
		const pauses = (this.#time.now() - this.#started) / PAUSE_MS;
		for (const [wanted, count] of this.#service.requestsFor) {
			const flights = pauses + (this.#without.get(wanted) ?? 0) + 1;
			if (count > ATTEMPTS * flights)
				broken(`${count} requests for ${wanted} in ${flights} flights at most`);
		}
	}

	notes(): string[] {
		const hours = Math.round((this.#time.now() - this.#started) / 3_600_000);
		const number = (count: number) => count.toLocaleString("en");
		return [
			`${number(this.#served)} calls got a token, ${number(this.#failed)} failed while there was none that was valid`,
			`${number(this.#service.requests)} requests in ${number(hours)} hours of the authority's time`,
		];
	}
}
