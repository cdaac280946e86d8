import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { AuthenticationError, CredentialUnavailableError } from "azidentity";
import { describe, test } from "vitest";
import {
	ManagedIdentityCredential,
	type ManagedIdentityOptions,
} from "../../src/credentials/managed-identity-credential.ts";
import {
	claimsOf,
	emulatedEntra,
	STORAGE,
	VAULT,
} from "../credentials/emulated-entra.ts";
import { kubernetesPod } from "../credentials/kubernetes-pod.ts";
import { GRANTED, ScriptedService } from "../entra/scripted-service.ts";
import {
	azureHost,
	environment,
	failureOf,
	imdsHost,
	managedIdentityTests,
	variablesAt,
} from "./azure-host.ts";

managedIdentityTests();
const entra = emulatedEntra();
const pod = kubernetesPod(entra);

const credential = (options: ManagedIdentityOptions = {}) =>
	new ManagedIdentityCredential({ ...entra.options, ...options });

describe("In a pod of AKS with workload identity", () => {
	test("the cluster's token is exchanged for one of Entra, once", async () => {
		const managed = credential();
		const first = await managed.getToken(VAULT);
		const { appid, aud } = claimsOf(first.token);
		assert.equal(appid, entra.emulator.apps.daemon.clientId);
		assert.equal(aud, "https://vault.azure.net");
		assert.equal(await managed.getToken([VAULT]), first);
		assert.equal((await entra.tokenRequests()).length, 1);
		assert.ok(await managed.getToken(STORAGE));
	});

	test("for a hundred callers by one request", async () => {
		const managed = credential();
		const calls = Array.from({ length: 100 }, () => managed.getToken(VAULT));
		assert.equal(new Set(await Promise.all(calls)).size, 1);
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("before all other hosts", async () => {
		const host = await azureHost();
		environment(variablesAt(host.url)["App Service"] ?? {});
		assert.ok(await credential().getToken(VAULT));
		assert.deepEqual(host.seen, []);
	});

	test("the authority that the options name is asked, and nobody is asked about it", async () => {
		const { authorityHost, tlsOptions } = entra.options;
		const managed = new ManagedIdentityCredential({
			authorityHost,
			tlsOptions,
		} as ManagedIdentityOptions);
		await managed.getToken(VAULT);
		// Asking Microsoft whether it knows this authority would fail: no test leaves this machine.
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("the credential's own client, clock and client id are used", async () => {
		const service = new ScriptedService({ status: 503 }, { body: GRANTED });
		const managed = new ManagedIdentityCredential("another-client", {
			...service.options(),
		});
		await managed.getToken(VAULT);
		assert.equal(service.seen.length, 2);
		assert.equal(service.seen[0]?.form.client_id, "another-client");
		assert.equal(service.seen[0]?.form.scope, VAULT);
		assert.equal(service.waits.length, 1);
	});

	test("a resource is asked for by its scope", async () => {
		const managed = credential();
		const token = await managed.getToken("https://vault.azure.net");
		assert.equal(await managed.getToken(VAULT), token);
		const twice = managed.getToken([VAULT, STORAGE]);
		assert.match((await failureOf(twice)).message, /scope/);
	});

	test("tenants of calls are ignored", async () => {
		const managed = credential();
		const first = await managed.getToken(VAULT);
		const tenantId = "elsewhere.test";
		assert.equal(await managed.getToken(VAULT, { tenantId }), first);
	});

	test("claims and the wish for revocable tokens go to Entra", async () => {
		const service = new ScriptedService({ body: GRANTED }, { body: GRANTED });
		const managed = new ManagedIdentityCredential({ ...service.options() });
		const claims = '{"access_token":{"nbf":{"essential":true}}}';
		await managed.getToken(VAULT, { enableCae: true });
		await managed.getToken(VAULT, { enableCae: true, claims });
		assert.match(`${service.seen[0]?.form.claims}`, /CP1/i);
		assert.match(`${service.seen[1]?.form.claims}`, /nbf/);
	});

	test("a caller who leaves gets an AbortError", async () => {
		const leaving = new AbortController();
		const service = new ScriptedService({ hangs: true });
		const managed = new ManagedIdentityCredential({ ...service.options() });
		const { signal: abortSignal } = leaving;
		const pending = failureOf(managed.getToken(VAULT, { abortSignal }));
		await service.limitSet();
		leaving.abort();
		assert.equal((await pending).name, "AbortError");
	});
});

describe("It is not such a pod", () => {
	test.each([
		"AZURE_TENANT_ID",
		"AZURE_CLIENT_ID",
		"AZURE_FEDERATED_TOKEN_FILE",
	])("when %s is empty", async (name) => {
		const host = await imdsHost();
		environment({ [name]: " " });
		await host.credential().getToken(VAULT);
		assert.equal(host.seen.length, 1);
	});

	test.each(["objectId", "resourceId"])(
		"for an identity that is named by %s",
		async (kind) => {
			const host = await imdsHost();
			await host.credential({ [kind]: "id" }).getToken(VAULT);
			assert.equal(host.seen.length, 1);
			assert.deepEqual(await entra.tokenRequests(), []);
		},
	);
});

describe("What goes wrong there", () => {
	test("a file that is missing makes it unavailable, by its path", async () => {
		rmSync(pod.tokenFile);
		const error = await failureOf(credential().getToken(VAULT));
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /ManagedIdentityCredential.*ENOENT/);
		assert.ok(error.message.includes(pod.tokenFile));
	});

	test("a refusal of Entra is a refusal", async () => {
		pod.rotate(pod.token({ sub: "system:serviceaccount:shop:stranger" }));
		const error = await failureOf(credential().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.match(error.message, /ManagedIdentityCredential.*AADSTS/);
		assert.equal(error.isUnavailable, undefined);
	});

	test("a tenant that cannot be one is refused by the constructor", () => {
		environment({ AZURE_TENANT_ID: "../elsewhere" });
		assert.throws(() => credential(), {
			name: "CredentialUnavailableError",
			message: /ManagedIdentityCredential.*tenantId/,
		});
	});
});
