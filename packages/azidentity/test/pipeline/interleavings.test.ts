import assert from "node:assert/strict";
import { hours, manualClock } from "@azidentity/testkit";
import type { AccessToken, GetTokenOptions } from "@azure/core-auth";
import { withTokenCache } from "azidentity";
import fc from "fast-check";
import { test } from "vitest";
import { settled } from "../cache/scripted-source.ts";
import { type Happening, happening } from "./happenings.ts";

type Asking = Extract<Happening, { what: "ask" }>;

/** What a call is for, but for its claims, as whoever answers it sees it. */
const needOf = (
	scopes: string | string[],
	{ enableCae = false, tenantId = "" }: GetTokenOptions,
) => {
	const names = [scopes].flat().join(" ").toLowerCase().split(/ +/);
	return `${[...new Set(names)].sort().join("+")} ${tenantId.toLowerCase()} ${enableCae}`;
};

interface Call {
	readonly need: string;
	readonly claims: string;
	readonly abortSignal: GetTokenOptions["abortSignal"];
	readonly resolve: (answer: AccessToken) => void;
	readonly reject: (error: unknown) => void;
	isOpen: boolean;
}

/** Plays happenings around a stranger's credential; whoever breaks a rule is noted. */
class World {
	readonly clock = manualClock();
	readonly calls: Call[] = [];
	readonly aborts: AbortController[][] = [];
	readonly violations: string[] = [];
	asking = 0;
	waiting = 0;
	readonly credential = withTokenCache(
		{
			getToken: (scopes, options = {}) =>
				new Promise((resolve, reject) => {
					const need = needOf(scopes, options);
					const { abortSignal, claims = "" } = options;
					if (
						this.calls.some(
							(call) =>
								call.isOpen &&
								call.need === need &&
								call.claims === claims &&
								!call.abortSignal?.aborted,
						)
					)
						this.violations.push(
							`${need} ${claims} was asked for while it was under way`,
						);
					this.calls.push({
						need,
						claims,
						abortSignal,
						resolve,
						reject,
						isOpen: true,
					});
					// A stranger may do as it likes with what it is given.
					if (Array.isArray(scopes)) scopes.push("more");
					options.tenantId = "elsewhere";
				}),
		},
		{ now: this.clock.now },
	);

	play(event: Happening): void | Promise<void> {
		if (event.what === "ask") return this.ask(event);
		if (event.what === "abort") {
			for (const each of this.aborts[event.which] ?? []) each.abort();
			return;
		}
		if (event.what === "pass") return this.clock.advance(event.time);
		if (event.what === "settle") return settled();
		const open = this.calls.filter(({ isOpen }) => isOpen);
		const call = open[event.which % Math.max(open.length, 1)];
		if (call === undefined) return;
		if (event.what === "answer")
			return this.answer(call, event.lifetime, event.due);
		call.isOpen = false;
		if (event.what === "fail") call.reject(event.error);
		else call.resolve(event.answer as AccessToken);
	}

	ask({
		callers,
		canAbort,
		claims,
		enableCae,
		scopes,
		tenantId,
	}: Asking): void {
		const controllers = Array.from(
			{ length: canAbort ? callers : 0 },
			() => new AbortController(),
		);
		this.aborts.push(controllers);
		const options = {
			enableCae,
			...(claims !== undefined && { claims }),
			...(tenantId !== undefined && { tenantId }),
		};
		const need = needOf(scopes, options);
		for (let caller = 0; caller < callers; caller += 1) {
			const abortSignal = controllers[caller]?.signal;
			const call = this.credential.getToken(
				Array.isArray(scopes) ? [...scopes] : scopes,
				{ ...options, ...(abortSignal && { abortSignal }) },
			);
			void this.hear(call, need, claims);
		}
	}

	/** What a caller hears, sooner or later. */
	async hear(
		call: Promise<AccessToken>,
		need: string,
		claims: string | undefined,
	): Promise<void> {
		this.asking += 1;
		this.waiting += 1;
		try {
			const [whose, wanted] = (await call).token.split("|");
			if (whose !== need || (claims !== undefined && wanted !== claims))
				this.violations.push(
					`${need} ${claims} was handed a token of ${whose} ${wanted}`,
				);
		} catch (error) {
			if (!(error instanceof Error))
				this.violations.push(`${need} was thrown what is no error`);
		}
		this.waiting -= 1;
	}

	answer(call: Call, lifetime: number, due: number | undefined): void {
		call.isOpen = false;
		const now = this.clock.now();
		call.resolve({
			token: `${call.need}|${call.claims}|${this.calls.indexOf(call)}`,
			expiresOnTimestamp: now + lifetime,
			...(due !== undefined && { refreshAfterTimestamp: now + due }),
		});
	}

	/** Answers all who are asked, until nobody waits. */
	async finish(): Promise<void> {
		await settled();
		for (let which = 0; which < this.calls.length; which += 1) {
			const call = this.calls[which];
			if (call?.isOpen) this.answer(call, hours(1), undefined);
			await settled();
		}
	}
}

test("around a stranger's credential, in any order of calls, answers, failures, aborts and clock moves: nobody gets a token for another tenant, kind, scope or claims, nothing is asked for twice at once, and no rejection is nobody's", async () => {
	const unhandled: unknown[] = [];
	const note = (reason: unknown) => unhandled.push(reason);
	process.on("unhandledRejection", note);
	let callers = 0;
	try {
		await fc.assert(
			fc.asyncProperty(
				fc.array(happening, { minLength: 5, maxLength: 60, size: "max" }),
				async (events) => {
					const world = new World();
					for (const event of events) await world.play(event);
					await world.finish();
					assert.deepEqual(world.violations, []);
					assert.equal(world.waiting, 0, "a caller is left waiting");
					callers += world.asking;
				},
			),
			{ numRuns: 200 },
		);
		assert.ok(callers > 10_000, `${callers} callers`);
		assert.deepEqual(unhandled, []);
	} finally {
		process.off("unhandledRejection", note);
	}
});
