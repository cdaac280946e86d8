import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { type PersonOptions, promptedPerson } from "./prompted-person.ts";

const entra = emulatedEntra();
const GRAPH = "https://graph.microsoft.com/.default";

/** A person who takes their time: each prompt waits until the test lets it go on. */
function slowPerson(options: PersonOptions = {}) {
	const gates: { open: () => void; fail: (error: Error) => void }[] = [];
	const until = () =>
		new Promise<void>((open, fail) => gates.push({ open, fail }));
	const person = promptedPerson(entra, { until, ...options });
	/** The prompt that the person is looking at. */
	async function looksAt(count: number) {
		while (gates.length < count) await new Promise(setImmediate);
		return gates[count - 1] ?? assert.fail();
	}
	return { ...person, looksAt };
}

describe("One prompt is shown at a time", () => {
	test("and who needs the same shares it", async () => {
		const { getToken, looksAt, prompts } = slowPerson();
		const calls = [VAULT, [VAULT], ` ${VAULT.toUpperCase()}`].map((scopes) =>
			getToken(scopes),
		);
		(await looksAt(1)).open();
		const tokens = await Promise.all(calls);
		assert.equal(new Set(tokens.map(({ token }) => token)).size, 1);
		assert.equal(prompts.length, 1);
	});

	test("who needs something else waits, and is then served silently", async () => {
		const { getToken, looksAt, prompts } = slowPerson();
		const calls = [
			getToken(VAULT),
			getToken(STORAGE),
			getToken(GRAPH),
			getToken(VAULT, { enableCae: true }),
		];
		(await looksAt(1)).open();
		const tokens = await Promise.all(calls);
		assert.deepEqual(
			tokens.map(({ token }) => claimsOf(token).aud),
			[VAULT, STORAGE, GRAPH, VAULT].map((scope) =>
				scope.replace("/.default", ""),
			),
		);
		const flavours = tokens.map(({ token }) => claimsOf(token).xms_cc);
		assert.deepEqual(flavours.slice(2), [undefined, ["CP1"]]);
		assert.equal(prompts.length, 1);
	});

	test("who needs another tenant's token waits too, and gets that one", async () => {
		const { fabrikam } = entra.emulator.tenants;
		const { getToken, looksAt, prompts } = slowPerson({
			options: { additionallyAllowedTenants: ["*"] },
		});
		// The emulator has no guests: this is what a tenant that has would answer.
		await entra.emulator.addFault({
			path: `/${fabrikam.id}/oauth2/v2.0/token`,
			body: {
				token_type: "Bearer",
				expires_in: 3_599,
				access_token: "of-fabrikam",
			},
		});
		const home = getToken(VAULT);
		const away = getToken(VAULT, { tenantId: fabrikam.id });
		(await looksAt(1)).open();
		assert.equal((await away).token, "of-fabrikam");
		assert.notEqual((await home).token, "of-fabrikam");
		assert.equal(prompts.length, 1);
	});

	test("authenticate() always prompts, but not beside another prompt", async () => {
		const { authenticate, getToken, looksAt, prompts } = slowPerson();
		const token = getToken(VAULT);
		const first = await looksAt(1);
		const record = authenticate(STORAGE);
		await new Promise(setImmediate);
		assert.equal(prompts.length, 1);
		first.open();
		await token;
		(await looksAt(2)).open();
		assert.equal((await record).username, "alice@contoso.test");
		assert.equal(prompts.length, 2);
	});

	test("authenticate() joins the prompt for the same need", async () => {
		const { authenticate, getToken, looksAt, prompts } = slowPerson();
		const both = Promise.all([getToken(VAULT), authenticate(VAULT)]);
		(await looksAt(1)).open();
		await both;
		assert.equal(prompts.length, 1);
	});
});

describe("Who has waited enough for a prompt", () => {
	test("leaves alone: the others stay, and the prompt too", async () => {
		const { getToken, looksAt, prompts } = slowPerson();
		const leaving = new AbortController();
		const left = getToken(VAULT, { abortSignal: leaving.signal });
		const other = getToken(STORAGE, { abortSignal: leaving.signal });
		const stayed = getToken(VAULT);
		const gate = await looksAt(1);
		leaving.abort();
		await assert.rejects(left, { name: "AbortError" });
		await assert.rejects(other, { name: "AbortError" });
		gate.open();
		assert.ok(await stayed);
		assert.equal(prompts.length, 1);
		assert.equal(prompts[0]?.abortSignal.aborted, false);
	});

	test("last takes it away, and the next one in the queue gets a prompt of their own", async () => {
		const { getToken, looksAt, prompts } = slowPerson();
		const leaving = new AbortController();
		const left = getToken(VAULT, { abortSignal: leaving.signal });
		await looksAt(1);
		const waiting = getToken(STORAGE);
		leaving.abort();
		await assert.rejects(left, { name: "AbortError" });
		assert.equal(prompts[0]?.abortSignal.aborted, true);
		(await looksAt(2)).open();
		assert.equal(
			claimsOf((await waiting).token).aud,
			"https://storage.azure.com",
		);
	});

	test("and comes back gets a new prompt", async () => {
		const { getToken, looksAt } = slowPerson();
		const leaving = new AbortController();
		const left = getToken(VAULT, { abortSignal: leaving.signal });
		await looksAt(1);
		leaving.abort();
		const back = getToken(VAULT);
		await assert.rejects(left, { name: "AbortError" });
		(await looksAt(2)).open();
		assert.ok(await back);
	});
});

describe("When a prompt fails", () => {
	test("who shared it learns why, and the next caller is prompted again", async () => {
		const { getToken, looksAt, prompts } = slowPerson();
		const calls = [getToken(VAULT), getToken(VAULT)];
		const own = new Error("the window was closed");
		(await looksAt(1)).fail(own);
		for (const outcome of await Promise.allSettled(calls))
			assert.equal((outcome as PromiseRejectedResult).reason, own);
		const again = getToken(VAULT);
		(await looksAt(2)).open();
		assert.ok(await again);
		assert.equal(prompts.length, 2);
	});

	test("who waited for something else is prompted", async () => {
		const { getToken, looksAt } = slowPerson();
		const [failing, waiting] = [getToken(VAULT), getToken(STORAGE)];
		(await looksAt(1)).fail(new Error("the window was closed"));
		await assert.rejects(failing, /closed/);
		(await looksAt(2)).open();
		assert.ok(await waiting);
	});

	test("because the person declined, those who waited do not ask again", async () => {
		const { getToken, looksAt, prompts } = slowPerson();
		const calls = [VAULT, STORAGE, GRAPH].map((scope) => getToken(scope));
		(await looksAt(1)).fail(
			new AuthenticationError(400, { error: "access_denied" }),
		);
		for (const outcome of await Promise.allSettled(calls))
			assert.match(String((outcome as PromiseRejectedResult).reason), /denied/);
		assert.equal(prompts.length, 1);
	});
});

describe("Nobody is prompted", () => {
	test("for a call that cannot be right, or whose caller has left", async () => {
		const { authenticate, getToken, prompts } = slowPerson();
		const quiet = slowPerson({
			options: { disableAutomaticAuthentication: true },
		});
		for (const call of [getToken, authenticate, quiet.getToken]) {
			await assert.rejects(call([]), { name: "TypeError", message: /scopes/ });
			await assert.rejects(call(42 as never), { name: "TypeError" });
			await assert.rejects(call(VAULT, { abortSignal: AbortSignal.abort() }), {
				name: "AbortError",
			});
			await assert.rejects(
				call(VAULT, { proofOfPossessionOptions: {} as never }),
				{ name: "TypeError", message: /broker/ },
			);
			await assert.rejects(call(VAULT, { tenantId: "a/b" }), {
				name: "CredentialUnavailableError",
			});
		}
		assert.equal(prompts.length, 0);
		assert.equal((await entra.emulator.requests()).length, 0);
	});
});
