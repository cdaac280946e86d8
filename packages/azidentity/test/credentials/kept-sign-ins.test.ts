import assert from "node:assert/strict";
import { TokenCache } from "azidentity";
import { beforeEach, describe, test } from "vitest";
import { parseDocument } from "../../src/cache/document.ts";
import { listEntries } from "../../src/cache/document-list.ts";
import { memoryStore } from "../../src/cache/memory-store.ts";
import type { DocumentName, TokenStore } from "../../src/cache/token-store.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { type PersonOptions, promptedPerson } from "./prompted-person.ts";

const entra = emulatedEntra();
const GRAPH = "https://graph.microsoft.com/.default";
const FOR_EVERYBODY = "one document per flavour, as the store on disk has";

let store: TokenStore;
beforeEach(() => {
	const documents = memoryStore();
	const shared = ({ cae }: DocumentName) => ({ cae, owner: FOR_EVERYBODY });
	store = {
		read: (name) => documents.read(shared(name)),
		update: (name, edit) => documents.update(shared(name), edit),
	};
});

/** A credential in a process of its own, as far as memory goes: it shares the documents only. */
const inNewProcess = (options: PersonOptions = {}) =>
	promptedPerson(entra, { tokenCache: new TokenCache({ store }), ...options });
const grants = async () =>
	(await entra.tokenRequests()).map(({ grantType }) => grantType);
async function refreshTokens(cae: boolean) {
	const text = await store.read({ cae, owner: FOR_EVERYBODY });
	return listEntries(parseDocument(text)).filter(
		({ kind }) => kind === "RefreshToken",
	);
}

describe("A sign-in that was kept", () => {
	test("spares the next process the prompt, for any resource, and for the same one the request", async () => {
		const first = await inNewProcess().getToken(VAULT);
		const { getToken, prompts } = inNewProcess();
		assert.equal((await getToken(VAULT)).token, first.token);
		assert.equal(
			claimsOf((await getToken(STORAGE)).token).aud,
			"https://storage.azure.com",
		);
		assert.equal(prompts.length, 0);
		assert.deepEqual(await grants(), ["password", "refresh_token"]);
	});

	test("is found by its record among several, and by nobody without one", async () => {
		const { alice, carol } = entra.emulator.users;
		const common = {
			app: entra.emulator.apps.azureCli,
			tenantId: "organizations",
		};
		const records = [];
		for (const user of [alice, carol])
			records.push(await inNewProcess({ ...common, user }).authenticate(VAULT));
		for (const [index, user] of [alice, carol].entries()) {
			const authenticationRecord = records[index];
			assert.ok(authenticationRecord);
			const options = { authenticationRecord };
			const { getToken, prompts } = inNewProcess({ ...common, options });
			assert.equal(claimsOf((await getToken(STORAGE)).token).oid, user.id);
			assert.equal(prompts.length, 0);
		}
		const quiet = { disableAutomaticAuthentication: true };
		await assert.rejects(
			inNewProcess({ ...common, options: quiet }).getToken(VAULT),
			{ name: "AuthenticationRequiredError", message: /2 accounts/ },
		);
	});

	test("serves the other flavour too, whose document is another one", async () => {
		await inNewProcess().getToken(VAULT);
		assert.equal((await refreshTokens(true)).length, 0);
		const { getToken, prompts } = inNewProcess();
		const cae = await getToken(VAULT, { enableCae: true });
		assert.deepEqual(claimsOf(cae.token).xms_cc, ["CP1"]);
		assert.equal(prompts.length, 0);
		assert.equal((await refreshTokens(true)).length, 1);
	});

	test("is another client's too, when the two are of one family", async () => {
		const { azureCli, azurePowerShell } = entra.emulator.apps;
		const { alice, carol } = entra.emulator.users;
		const tenantId = "organizations";
		const record = await inNewProcess({ app: azureCli, tenantId }).authenticate(
			VAULT,
		);
		// That a client is of the family is known by its own first sign-in, whosever it is.
		const app = azurePowerShell;
		await inNewProcess({ app, tenantId, user: carol }).getToken(VAULT);
		const authenticationRecord = { ...record, clientId: app.clientId };
		const { getToken, prompts } = inNewProcess({
			app,
			tenantId,
			options: { authenticationRecord },
		});
		assert.equal(claimsOf((await getToken(VAULT)).token).oid, alice.id);
		assert.equal(prompts.length, 0);
	});

	test("is not an app's: what has no account is never handed to a person, nor a person's to an app", async () => {
		const { daemon } = entra.emulator.apps;
		const tokenCache = new TokenCache({ store });
		const app = await entra.daemon({ tokenCache }).getToken(VAULT);
		const person = promptedPerson(entra, {
			app: { ...daemon, clientId: daemon.clientId },
			tokenCache,
			options: { disableAutomaticAuthentication: true },
		});
		await assert.rejects(person.getToken(VAULT), {
			name: "AuthenticationRequiredError",
			message: /nobody has signed in/,
		});
		assert.equal(
			(await entra.daemon({ tokenCache }).getToken(VAULT)).token,
			app.token,
		);
	});
});

describe("A refresh token that the service refuses", () => {
	test("for good is taken out of memory and of both documents, and the person is asked once", async () => {
		const { getToken, prompts } = inNewProcess();
		await getToken(VAULT);
		await getToken(VAULT, { enableCae: true });
		await entra.emulator.revoke(entra.emulator.users.alice.username);
		await entra.emulator.clearRequests();
		await getToken(GRAPH);
		assert.equal(prompts.length, 2);
		// Both flavours' tokens were tried before the person was.
		assert.deepEqual(await grants(), [
			"refresh_token",
			"refresh_token",
			"password",
		]);
		assert.equal((await refreshTokens(true)).length, 0);
		assert.equal((await refreshTokens(false)).length, 1);
	});

	test("under one flavour gives way to the other's, before anybody is prompted", async () => {
		const cae = { enableCae: true };
		await inNewProcess().getToken(VAULT, cae);
		await entra.emulator.revoke(entra.emulator.users.alice.username);
		const other = inNewProcess();
		await other.authenticate(VAULT);
		await entra.emulator.clearRequests();
		const { getToken, prompts } = inNewProcess();
		assert.ok(await getToken(STORAGE, cae));
		assert.equal(prompts.length, 0);
		assert.deepEqual(await grants(), ["refresh_token", "refresh_token"]);
	});

	test("for one scope stays where it is", async () => {
		const { getToken } = inNewProcess({
			options: { disableAutomaticAuthentication: true },
		});
		await inNewProcess().getToken(VAULT);
		await entra.emulator.addFault({
			path: "/token",
			status: 400,
			body: {
				error: "invalid_grant",
				error_description: "AADSTS65001: no consent",
				error_codes: [65001],
				suberror: "consent_required",
			},
		});
		await assert.rejects(getToken(GRAPH), {
			name: "AuthenticationRequiredError",
		});
		assert.equal((await refreshTokens(false)).length, 1);
		assert.ok(await getToken(STORAGE));
	});
});

test("a store that is down costs a prompt, and no failure", async () => {
	const down = async () => {
		throw new Error("down");
	};
	const tokenCache = new TokenCache({ store: { read: down, update: down } });
	const { getToken, prompts } = promptedPerson(entra, { tokenCache });
	await getToken(VAULT);
	await getToken(STORAGE);
	assert.equal(prompts.length, 1);
});

test("a store that cannot be opened is reported before the person is asked", async () => {
	const refuse = async () => {
		throw Object.assign(new Error("no place for keys"), { cannotOpen: true });
	};
	const tokenCache = new TokenCache({
		store: { read: refuse, update: refuse },
	});
	const { authenticate, getToken, prompts } = promptedPerson(entra, {
		tokenCache,
	});
	for (const call of [getToken, authenticate])
		await assert.rejects(call(VAULT), /no place for keys/);
	assert.equal(prompts.length, 0);
});
