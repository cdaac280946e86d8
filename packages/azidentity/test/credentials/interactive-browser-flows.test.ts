import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, vi } from "vitest";
import {
	AuthenticationError,
	CredentialUnavailableError,
} from "../../src/errors.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { isListening, send } from "../platform/door.ts";
import { browserCredential, portOf, stateOf } from "./browser-people.ts";
import { inChromium } from "./chromium.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const test = inChromium(entra);

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "browser-"));
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(folder, { recursive: true });
});

describe("two sign-ins at once", () => {
	test("of two credentials: each person gets their own token, and one's answer means nothing to the other", async (person) => {
		const { alice, bob } = entra.emulator.users;
		const other = await person.another();
		const first = browserCredential(entra, person.signsIn(alice));
		let crossed: number | undefined;
		const second = browserCredential(entra, async (address) => {
			const state = stateOf(new URL(address));
			const form = { code: "c", state };
			crossed = (await send(portOf(first.addresses[0]), { form })).status;
			await other.signsIn(bob)(address);
		});
		// The first person's page is open before the second's opens.
		const signingIn = first.credential.getToken(STORAGE);
		while (first.addresses.length === 0)
			await new Promise((resolve) => setImmediate(resolve));

		const tokens = await Promise.all([
			signingIn,
			second.credential.getToken(STORAGE),
		]);

		assert.deepEqual(
			tokens.map(({ token }) => claimsOf(token).upn),
			[alice.username, bob.username],
		);
		assert.equal(crossed, 400);
		assert.notEqual(portOf(first.addresses[0]), portOf(second.addresses[0]));
	});

	test("of one credential: one page is shown, and everybody who waits gets a token", async (person) => {
		const { alice } = entra.emulator.users;
		const { credential, addresses } = browserCredential(
			entra,
			person.signsIn(alice),
		);

		const tokens = await Promise.all([
			credential.getToken(STORAGE),
			credential.getToken(VAULT),
			credential.getToken(STORAGE),
		]);

		assert.equal(addresses.length, 1);
		assert.deepEqual(
			tokens.map(({ token }) => claimsOf(token).upn),
			Array(3).fill(alice.username),
		);
	});
});

describe("the system's own way to open a browser", () => {
	test("gets the address that the person then signs in at", async (person) => {
		const { alice } = entra.emulator.users;
		await chosenBrowser(
			`printf %s "$1" > "\${0%/*}/new"; mv "\${0%/*}/new" "\${0%/*}/address"`,
		);
		const { credential } = browserCredential(entra, async () => {}, {
			openBrowser: undefined,
		} as object);

		const signingIn = credential.getToken(STORAGE);
		await person.signsIn(alice)(await written("address"));

		assert.equal(claimsOf((await signingIn).token).upn, alice.username);
	});

	test("that fails is said at once, and nothing was asked of anybody", async () => {
		await chosenBrowser("exit 1");
		const { credential } = browserCredential(entra, async () => {}, {
			openBrowser: undefined,
		} as object);

		const failure = await failureOf(credential.getToken(STORAGE));

		assert.ok(failure instanceof CredentialUnavailableError);
		assert.match(failure.message, /DeviceCodeCredential/);
		assert.deepEqual(await entra.tokenRequests(), []);
	});

	/** Makes this script the person's browser. */
	async function chosenBrowser(script: string): Promise<void> {
		const file = path.join(folder, "browser.sh");
		await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
		for (const name of ["DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP"])
			vi.stubEnv(name, "");
		vi.stubEnv("BROWSER", file);
	}

	async function written(name: string): Promise<string> {
		for (;;) {
			try {
				return await readFile(path.join(folder, name), "utf8");
			} catch {
				await new Promise((resolve) => setImmediate(resolve));
			}
		}
	}
});

describe("a person who does not come back", () => {
	test("keeps nobody who has left: the caller is free at once, and the port with them", async (person) => {
		const abort = new AbortController();
		const { credential, addresses } = browserCredential(
			entra,
			person.does(async () => abort.abort()),
		);

		const failure = await failureOf(
			credential.getToken(STORAGE, { abortSignal: abort.signal }),
		);

		assert.equal(failure.name, "AbortError");
		while (await isListening(portOf(addresses[0]), "127.0.0.1"))
			await new Promise((resolve) => setImmediate(resolve));
	});

	test("has so much time and no more", async (person) => {
		const expire: (() => void)[] = [];
		const { credential, addresses } = browserCredential(
			entra,
			person.does(async () => expire[0]?.()),
			{
				signInTimeout: 7_654_321,
				setTimeout: (callback, milliseconds) =>
					milliseconds === 7_654_321
						? expire.push(callback)
						: setTimeout(callback, milliseconds),
			},
		);

		const failure = await failureOf(credential.getToken(STORAGE));

		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.errorResponse.error, "sign_in_timeout");
		assert.equal(await isListening(portOf(addresses[0]), "127.0.0.1"), false);
	});
});
