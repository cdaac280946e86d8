import assert from "node:assert/strict";
import { describe } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { isListening, send } from "../platform/door.ts";
import { browserCredential, portOf, stateOf } from "./browser-people.ts";
import { enterPassword, inChromium } from "./chromium.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const test = inChromium(entra);
const grantTypes = async () =>
	(await entra.tokenRequests()).map(({ grantType }) => grantType);

describe("a person who signs in with their browser", () => {
	test("gets a token, and a page that says so", async (person) => {
		const { alice } = entra.emulator.users;
		const { credential, addresses } = browserCredential(
			entra,
			person.signsIn(alice),
		);

		const { token } = await credential.getToken(STORAGE);

		assert.equal(claimsOf(token).upn, alice.username);
		assert.equal(await person.headline(), "You are signed in");
		assert.equal(await person.lastPage().title(), "You are signed in");
		assert.deepEqual(person.noise, []);
		assert.deepEqual(await grantTypes(), ["authorization_code"]);
		assert.equal(await isListening(portOf(addresses[0]), "127.0.0.1"), false);
	});

	test("is not asked again: not for the same, not for another resource", async (person) => {
		const { alice } = entra.emulator.users;
		const { credential, addresses } = browserCredential(
			entra,
			person.signsIn(alice),
		);

		const first = await credential.getToken(STORAGE);
		const again = await credential.getToken(STORAGE);
		const other = await credential.getToken(VAULT);

		assert.equal(again, first);
		assert.equal(claimsOf(other.token).upn, alice.username);
		assert.equal(addresses.length, 1);
		assert.deepEqual(await grantTypes(), [
			"authorization_code",
			"refresh_token",
		]);
	});

	test("may mistype the password", async (person) => {
		const { alice } = entra.emulator.users;
		const { credential } = browserCredential(
			entra,
			person.does(async (page) => {
				await enterPassword(page, alice, "wrong");
				await page.getByRole("alert").waitFor();
				await enterPassword(page, alice);
			}),
		);

		const { token } = await credential.getToken(STORAGE);

		assert.equal(claimsOf(token).upn, alice.username);
		assert.equal(await person.headline(), "You are signed in");
	});

	test("may cancel, and may then try again", async (person) => {
		const { alice } = entra.emulator.users;
		const cancels = person.does((page) =>
			page.getByRole("button", { name: "Cancel" }).click(),
		);
		const ways = [cancels, person.signsIn(alice)];
		const { credential } = browserCredential(entra, async (address) =>
			ways.shift()?.(address),
		);

		const failure = await failureOf(credential.getToken(STORAGE));

		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.errorResponse.error, "access_denied");
		assert.match(
			failure.message,
			/^InteractiveBrowserCredential: the sign-in was cancelled/,
		);
		assert.equal(await person.headline(), "The sign-in was cancelled");
		assert.deepEqual(await grantTypes(), []);

		const { token } = await credential.getToken(STORAGE);
		assert.equal(claimsOf(token).upn, alice.username);
	});

	test("may choose another account than the one that is signed in to the browser", async (person) => {
		const { alice, bob } = entra.emulator.users;
		const first = browserCredential(entra, person.signsIn(alice));
		await first.credential.getToken(STORAGE);

		const second = browserCredential(entra, person.signsIn(bob));
		const { token } = await second.credential.getToken(STORAGE);

		assert.equal(claimsOf(token).upn, bob.username);
		const kept = await first.credential.getToken(STORAGE);
		assert.equal(claimsOf(kept.token).upn, alice.username);
	});

	test("who is expected finds their name filled in", async (person) => {
		const { bob } = entra.emulator.users;
		let filled = "";
		const { credential, addresses } = browserCredential(
			entra,
			person.does(async (page) => {
				filled = await page.getByLabel("Account").inputValue();
				await enterPassword(page, bob);
			}),
			{ loginHint: bob.username },
		);

		await credential.getToken(STORAGE);

		assert.equal(filled, bob.username);
		assert.equal(addresses[0]?.searchParams.get("prompt"), "login");
	});

	test("sees the application's own words", async (person) => {
		const { alice } = entra.emulator.users;
		const { credential } = browserCredential(entra, person.signsIn(alice), {
			browserCustomizationOptions: {
				successMessage:
					'<h1>Welcome</h1><script>alert("no")</script><img src="x" onerror="alert(1)">',
			},
		});

		await credential.getToken(STORAGE);

		assert.equal(await person.headline(), "Welcome");
		assert.deepEqual(person.noise, []);
	});
});

describe("somebody who wants to slip in their own answer", () => {
	test("is turned away while the person goes on signing in", async (person) => {
		const { alice } = entra.emulator.users;
		const statuses: number[] = [];
		const { credential } = browserCredential(
			entra,
			person.does(async (page, address) => {
				const port = portOf(address);
				const state = stateOf(address);
				for (const form of [
					{ code: "evil", state: "guessed" },
					{ error: "access_denied", state: `${state}x` },
					{ code: "evil" },
				])
					statuses.push((await send(port, { form })).status);
				const path = `/?code=evil&state=${state}`;
				const visit = await send(port, { method: "GET", path });
				statuses.push(visit.status);
				await enterPassword(page, alice);
			}),
		);

		const { token } = await credential.getToken(STORAGE);

		assert.deepEqual(statuses, [400, 400, 400, 405]);
		assert.equal(claimsOf(token).upn, alice.username);
		assert.equal(await person.headline(), "You are signed in");
	});

	test("cannot sign the person in as somebody else, even knowing the state", async (person) => {
		const { alice } = entra.emulator.users;
		// The attacker's own sign-in: their code is bound to another challenge.
		let stolen: Record<string, string> = {};
		const attack = browserCredential(
			entra,
			person.does(async (page) => {
				await page.route("http://localhost:*/", async (route) => {
					stolen = Object.fromEntries(
						new URLSearchParams(route.request().postData() ?? ""),
					);
					await route.abort();
				});
				await enterPassword(page, alice);
			}),
		);
		const abort = new AbortController();
		const attacking = failureOf(
			attack.credential.getToken(STORAGE, { abortSignal: abort.signal }),
		);
		while (stolen.code === undefined)
			await new Promise((resolve) => setImmediate(resolve));
		abort.abort();
		await attacking;

		const { code = "" } = stolen;
		const victim = browserCredential(entra, async (address) => {
			const url = new URL(address);
			await send(portOf(url), { form: { code, state: stateOf(url) } });
		});
		const failure = await failureOf(victim.credential.getToken(STORAGE));

		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.errorResponse.error, "invalid_grant");
	});

	test("cannot have a page run anything by what the service is made to say", async (person) => {
		const { credential } = browserCredential(
			entra,
			person.does(async (page, address) => {
				const said = `<script>alert(1)</script><img src=x onerror=alert(2)>"'`;
				await page.setContent(
					`<form method="post" action="http://localhost:${portOf(address)}/"><input name="state"><input name="error"><input name="error_description"><button>Go</button></form>`,
				);
				await page.locator("[name=state]").fill(stateOf(address));
				await page.locator("[name=error]").fill(said);
				await page.locator("[name=error_description]").fill(said);
				await page.getByRole("button").click();
			}),
		);

		const failure = await failureOf(credential.getToken(STORAGE));

		assert.ok(failure instanceof AuthenticationError);
		assert.equal(await person.headline(), "The sign-in did not work");
		const page = person.lastPage();
		assert.match((await page.textContent(".said")) ?? "", /<script>alert/);
		assert.equal(await page.locator("script, img").count(), 0);
		assert.deepEqual(person.noise, []);
	});
});
