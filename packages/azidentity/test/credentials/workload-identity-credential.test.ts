import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { minutes } from "@azidentity/testkit";
import {
	AuthenticationError,
	CredentialUnavailableError,
	TokenCache,
	WorkloadIdentityCredential,
} from "azidentity";
import { describe, test, vi } from "vitest";
import {
	failureOf,
	GRANTED,
	ScriptedService,
} from "../entra/scripted-service.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { kubernetesPod } from "./kubernetes-pod.ts";

const entra = emulatedEntra();
const pod = kubernetesPod(entra);

describe("A workload signs in by the token that the platform keeps in a file", () => {
	test("and gets a token of the application that trusts the cluster", async () => {
		const token = await pod.workload().getToken(VAULT);
		const { apps, tenants } = entra.emulator;
		const { aud, appid, appidacr, tid } = claimsOf(token.token);
		assert.deepEqual(
			{ aud, appid, appidacr, tid },
			{
				aud: "https://vault.azure.net",
				appid: apps.daemon.clientId,
				appidacr: "2",
				tid: tenants.contoso.id,
			},
		);
	});

	test("once, and is answered from memory ever after, file or no file", async () => {
		const credential = pod.workload();
		const first = await credential.getToken(VAULT);
		rmSync(pod.tokenFile);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("by a request of exactly the fields that the service documents", async () => {
		vi.stubEnv("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/");
		vi.stubEnv("AZURE_TENANT_ID", "tenant");
		vi.stubEnv("AZURE_CLIENT_ID", "client");
		const assertion = pod.rotate(" one.two.three\r\n").trim();
		const service = new ScriptedService({ body: GRANTED });
		await new WorkloadIdentityCredential(service.options()).getToken(VAULT);
		const [request = assert.fail()] = service.seen;
		assert.equal(request.method, "POST");
		assert.equal(
			request.url,
			"https://login.microsoftonline.us/tenant/oauth2/v2.0/token",
		);
		assert.deepEqual(request.form, {
			client_assertion: assertion,
			client_assertion_type:
				"urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
			client_id: "client",
			grant_type: "client_credentials",
			scope: VAULT,
		});
	});

	test("with others, when they share a cache", async () => {
		const tokenCache = new TokenCache();
		const first = await pod.workload({ tokenCache }).getToken(VAULT);
		const second = await pod.workload({ tokenCache }).getToken(VAULT);
		assert.equal(second.token, first.token);
		assert.equal((await entra.tokenRequests()).length, 1);
	});
});

describe("What a workload is comes from the options, else from the environment", () => {
	test("the options win over the environment, input by input", async () => {
		const other = pod.file("other-token");
		writeFileSync(other, "from the options");
		const service = new ScriptedService({ body: GRANTED });
		await new WorkloadIdentityCredential({
			...service.options(),
			tenantId: "other-tenant",
			clientId: "other-client",
			tokenFilePath: other,
		}).getToken(VAULT);
		const [request = assert.fail()] = service.seen;
		assert.match(request.url, /\/other-tenant\/oauth2/);
		assert.equal(request.form.client_id, "other-client");
		assert.equal(request.form.client_assertion, "from the options");
	});

	test("the environment is read by the constructor, and the options stay as they are", async () => {
		const options = Object.freeze({ ...entra.options });
		const credential = new WorkloadIdentityCredential(options);
		vi.stubEnv("AZURE_TENANT_ID", "elsewhere");
		vi.stubEnv("AZURE_CLIENT_ID", "somebody-else");
		vi.stubEnv("AZURE_FEDERATED_TOKEN_FILE", pod.file("elsewhere"));
		assert.ok(await credential.getToken(VAULT));
	});

	const inputs = [
		["tenantId", "AZURE_TENANT_ID"],
		["clientId", "AZURE_CLIENT_ID"],
		["tokenFilePath", "AZURE_FEDERATED_TOKEN_FILE"],
	] as const;
	const combinations = Array.from({ length: 7 }, (_, index) =>
		inputs.filter((_, bit) => ((index + 1) >> bit) & 1),
	);
	test.each(
		combinations.flatMap((missing) =>
			["", "  ", undefined].map(
				(empty) =>
					[missing.map(([name]) => name).join(", "), empty, missing] as const,
			),
		),
	)(
		"%s missing (%j): the constructor names the option and the variable, and no other",
		(_, empty, missing) => {
			for (const [, variable] of missing) vi.stubEnv(variable, empty);
			assert.throws(
				() => pod.workload(missing[0] && { [missing[0][0]]: "" }),
				(error: Error) => {
					assert.ok(error instanceof CredentialUnavailableError);
					for (const input of inputs)
						for (const name of input)
							assert.equal(
								error.message.includes(name),
								missing.includes(input),
								`${name} in: ${error.message}`,
							);
					return true;
				},
			);
		},
	);

	test.each(["../evil", "a b", "..", "a/b"])(
		"a tenant that cannot be one (%s) is refused, wherever it came from",
		(tenantId) => {
			assert.throws(() => pod.workload({ tenantId }), /tenantId/);
			vi.stubEnv("AZURE_TENANT_ID", tenantId);
			assert.throws(() => pod.workload(), {
				name: "CredentialUnavailableError",
				message: /WorkloadIdentityCredential.*tenantId/,
			});
		},
	);
});

describe("A file that gives no token is 'could not even try', with its path and the reason, and nothing is sent", () => {
	const cases: [string, RegExp, () => void][] = [
		["missing", /ENOENT/, () => rmSync(pod.tokenFile)],
		["empty", /empty/, () => pod.rotate("")],
		["blank", /empty/, () => pod.rotate(" \r\n\t ")],
		[
			"a directory",
			/EISDIR/,
			() => {
				rmSync(pod.tokenFile);
				mkdirSync(pod.tokenFile);
			},
		],
	];
	test.each(cases)("%s", async (_, reason, spoil) => {
		pod.rotate();
		spoil();
		const credential = pod.workload();
		try {
			const error = await failureOf(credential.getToken(VAULT));
			assert.ok(error instanceof CredentialUnavailableError);
			assert.match(error.message, /^WorkloadIdentityCredential: /);
			assert.ok(error.message.includes(pod.tokenFile), error.message);
			assert.match(error.message, reason);
			assert.deepEqual(await entra.tokenRequests(), []);
		} finally {
			rmSync(pod.tokenFile, { recursive: true, force: true });
		}
		// The failure is not remembered.
		pod.rotate();
		assert.ok(await credential.getToken(VAULT));
	});

	test("unreadable", async (context) => {
		pod.rotate();
		chmodSync(pod.tokenFile, 0o000);
		if (process.getuid?.() === 0) {
			// Nothing is unreadable for root. A name that is too long cannot be read by anybody.
			const tokenFilePath = pod.file("x".repeat(300));
			const error = await failureOf(
				pod.workload({ tokenFilePath }).getToken(VAULT),
			);
			assert.match(error.message, /ENAMETOOLONG/);
			return;
		}
		const error = await failureOf(pod.workload().getToken(VAULT));
		assert.match(error.message, /EACCES/);
		context.onTestFinished(() => chmodSync(pod.tokenFile, 0o600));
	});

	test("and what is remembered stays", async () => {
		let later = 0;
		const credential = pod.workload({ now: () => Date.now() + later });
		const first = await credential.getToken(VAULT);
		rmSync(pod.tokenFile);
		later = minutes(1);
		await failureOf(credential.getToken(STORAGE));
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		// Within the margin a new one is asked for; as long as the old one lives, it does.
		later = minutes(57);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
	});
});

describe("A refusal of Entra is a failure that stops a chain, with status and document", () => {
	test.each([
		["another cluster's token", { iss: "https://other.example" }, 700211],
		["another audience", { aud: "api://other" }, 700212],
		["another service account", { sub: "system:serviceaccount:a:b" }, 700213],
	])("%s", async (_, claims, code) => {
		pod.rotate(pod.token(claims));
		const error = await failureOf(pod.workload().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.statusCode, 401);
		assert.equal(error.errorResponse.error, "invalid_client");
		assert.deepEqual(error.errorResponse.errorCodes, [code]);
		assert.match(error.message, /^WorkloadIdentityCredential: .*federated/);
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("what is no token at all", async () => {
		pod.rotate("not a token");
		const error = await failureOf(pod.workload().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.ok(!error.message.includes("not a token"), error.message);
	});
});

test("a tenant that is not allowed is refused, another that is allowed gets its own token", async () => {
	const { fabrikam } = entra.emulator.tenants;
	const credential = pod.workload({ additionallyAllowedTenants: ["*"] });
	const token = await credential.getToken(VAULT, { tenantId: fabrikam.id });
	assert.equal(claimsOf(token.token).tid, fabrikam.id);
	await assert.rejects(
		pod.workload().getToken(VAULT, { tenantId: fabrikam.id }),
		{ name: "CredentialUnavailableError" },
	);
});
