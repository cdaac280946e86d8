import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe } from "vitest";
import {
	AuthenticationError,
	AuthenticationRequiredError,
	CredentialUnavailableError,
} from "../../src/errors.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { freed, occupied } from "../platform/door.ts";
import { browserCredential } from "./browser-people.ts";
import { inChromium } from "./chromium.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const test = inChromium(entra);

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "browser-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("the address that the browser comes back to", () => {
	test("is the one that the application is registered with", async (person) => {
		const { native } = entra.emulator.apps;
		const { alice } = entra.emulator.users;
		const { port } = await freed();
		const redirectUri = `http://localhost:${port}/sign/in`;
		const { clientId, redirectUris = [] } = native;
		await entra.emulator.updateApp(clientId, { redirectUris: [redirectUri] });
		try {
			const { credential, addresses } = browserCredential(
				entra,
				person.signsIn(alice),
				{ redirectUri: () => redirectUri },
			);
			const { token } = await credential.getToken(STORAGE);
			assert.equal(claimsOf(token).upn, alice.username);
			assert.equal(addresses[0]?.searchParams.get("redirect_uri"), redirectUri);
		} finally {
			await entra.emulator.updateApp(clientId, { redirectUris });
		}
	});

	test("may take the answer in the address, for browsers that send no forms", async (person) => {
		const { alice } = entra.emulator.users;
		const { credential } = browserCredential(entra, person.signsIn(alice), {
			responseMode: "query",
		});
		const { token } = await credential.getToken(STORAGE);
		assert.equal(claimsOf(token).upn, alice.username);
		assert.equal(await person.headline(), "You are signed in");
	});

	test("whose port is taken is an error that names it, before a browser opens", async () => {
		const { port, release } = await occupied("127.0.0.1");
		const redirectUri = `http://localhost:${port}`;
		const { credential, addresses } = browserCredential(entra, async () => {}, {
			redirectUri,
		});

		const failure = await failureOf(credential.getToken(STORAGE));

		assert.ok(failure instanceof CredentialUnavailableError);
		assert.match(failure.message, new RegExp(`port ${port} .* in use`));
		assert.equal(addresses.length, 0);
		await release();
	});
});

describe("who signed in", () => {
	test("is told by authenticate, and is known to the next run without a prompt", async (person) => {
		const { alice } = entra.emulator.users;
		const tokenCachePersistenceOptions = {
			enabled: true,
			unsafeAllowUnencryptedStorage: true,
			directory: folder,
		};
		const first = browserCredential(entra, person.signsIn(alice), {
			tokenCachePersistenceOptions,
		});
		const authenticationRecord = await first.credential.authenticate(STORAGE);
		assert.equal(authenticationRecord.username, alice.username);
		await entra.emulator.clearRequests();

		const next = browserCredential(entra, person.signsIn(alice), {
			tokenCachePersistenceOptions,
			authenticationRecord,
			disableAutomaticAuthentication: true,
		});
		const remembered = await next.credential.getToken(STORAGE);
		const refreshed = await next.credential.getToken(VAULT);

		assert.equal(claimsOf(remembered.token).upn, alice.username);
		assert.equal(claimsOf(refreshed.token).upn, alice.username);
		assert.equal(next.addresses.length, 0);
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("is not asked before the program calls authenticate, when it wants it so", async (person) => {
		const { alice } = entra.emulator.users;
		const { credential, addresses } = browserCredential(
			entra,
			person.signsIn(alice),
			{ disableAutomaticAuthentication: true },
		);

		const failure = await failureOf(credential.getToken(STORAGE));
		assert.ok(failure instanceof AuthenticationRequiredError);
		assert.equal(addresses.length, 0);

		await credential.authenticate(failure.scopes, failure.getTokenOptions);
		await credential.getToken(STORAGE);
		assert.equal(addresses.length, 1);
	});

	test("must be the one of the record: anybody else is told so, and nothing of theirs is kept", async (person) => {
		const { alice, bob } = entra.emulator.users;
		const other = await person.another();
		const first = browserCredential(entra, person.signsIn(alice));
		const authenticationRecord = await first.credential.authenticate(STORAGE);
		const { credential, addresses } = browserCredential(
			entra,
			other.signsIn(bob),
			{ authenticationRecord },
		);

		const failure = await failureOf(credential.getToken(STORAGE));

		assert.ok(failure instanceof AuthenticationError);
		assert.equal(await other.headline(), "Another account is expected");
		const words = await other.lastPage().textContent("main");
		assert.doesNotMatch(words ?? "", /Credential|authenticationRecord/);
		await failureOf(credential.getToken(STORAGE));
		assert.equal(addresses.length, 2);
	});
});
