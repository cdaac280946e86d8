import assert from "node:assert/strict";
import {
	CredentialUnavailableError,
	EnvironmentCredential,
	type EnvironmentCredentialOptions,
} from "azidentity";
import { beforeEach, describe, test, vi } from "vitest";
import { scratchFolder } from "../certificates/scratch-folder.ts";
import {
	failureOf,
	GRANTED,
	ScriptedService,
} from "../entra/scripted-service.ts";
import {
	azureEnvironment,
	type Settings,
	VARIABLES,
} from "./azure-environment.ts";
import { claimsOf, emulatedEntra, VAULT } from "./emulated-entra.ts";
import { capturedLog } from "./planted-secrets.ts";

const entra = emulatedEntra();
const scratch = scratchFolder();
const logged = capturedLog();

const {
	certificate,
	credential: credentialOf,
	daemon,
	person,
	secret,
	set,
} = azureEnvironment(entra);
const grants = async () =>
	(await entra.tokenRequests()).map(({ grantType }) => grantType);

describe("Who signs in is what the environment says", () => {
	test("a secret comes first", async () => {
		set({ ...daemon(), ...secret(), ...certificate(), ...person() });
		const { token } = await credentialOf().getToken(VAULT);
		assert.equal(claimsOf(token).appidacr, "1");
		assert.deepEqual(await grants(), ["client_credentials"]);
	});

	test("then a certificate", async () => {
		set({ ...daemon(), ...certificate(), ...person() });
		const { token } = await credentialOf().getToken(VAULT);
		assert.equal(claimsOf(token).appidacr, "2");
		assert.deepEqual(await grants(), ["client_credentials"]);
	});

	test("a certificate whose key is sealed, by its password", async () => {
		const { createPrivateKey, X509Certificate } = await import("node:crypto");
		const { pem } = entra.emulator.appCertificate;
		const key = createPrivateKey(pem).export({
			...{ type: "pkcs8", format: "pem" },
			...{ cipher: "aes-256-cbc", passphrase: "open sesame" },
		} as const);
		const sealed = scratch.file(key + new X509Certificate(pem).toString());
		set({ ...daemon(), CLIENT_CERTIFICATE_PATH: sealed });
		set({ CLIENT_CERTIFICATE_PASSWORD: "open sesame" });
		assert.ok(await credentialOf().getToken(VAULT));
		set({ CLIENT_CERTIFICATE_PASSWORD: "shut sesame" });
		await assert.rejects(credentialOf().getToken(VAULT), /password/);
	});

	test("then a person by a password, with a warning that this is deprecated", async () => {
		set({
			...person(),
			TENANT_ID: entra.emulator.tenants.contoso.id,
			CLIENT_ID: entra.emulator.apps.native.clientId,
		});
		const { token } = await credentialOf().getToken(VAULT);
		assert.equal(claimsOf(token).upn, entra.emulator.users.alice.username);
		assert.deepEqual(await grants(), ["password"]);
		const log = await logged();
		assert.match(
			log,
			/azure:identity:warning.*EnvironmentCredential.*deprecated/,
		);
		assert.ok(!log.includes(entra.emulator.users.alice.password));
	});

	test("the log says which variables are set, and not to what", async () => {
		set({ ...daemon(), ...secret() });
		assert.ok(await credentialOf().getToken(VAULT));
		const log = await logged();
		assert.match(log, /AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET/);
		assert.doesNotMatch(log, /deprecated/);
		assert.ok(!log.includes(entra.emulator.apps.daemon.secrets[0]));
	});

	test("when the credential is made, and later changes change nothing", async () => {
		set({ ...daemon(), ...secret() });
		const options = Object.freeze({ ...entra.options });
		const credential = new EnvironmentCredential(options);
		set({ TENANT_ID: "elsewhere", CLIENT_ID: "other", CLIENT_SECRET: "wrong" });
		assert.ok(await credential.getToken(VAULT));
	});
});

describe("What is missing is named by getToken, and by nothing before it", () => {
	const WAYS =
		/one of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH, or AZURE_USERNAME with AZURE_PASSWORD/;
	const cases: [string, () => Settings, RegExp[], string[]][] = [
		[
			"nothing is set",
			() => ({}),
			[/AZURE_TENANT_ID; AZURE_CLIENT_ID/, WAYS],
			[],
		],
		[
			"everything is empty",
			() => Object.fromEntries(VARIABLES.map((name) => [name, ""])),
			[/AZURE_TENANT_ID; AZURE_CLIENT_ID/, WAYS],
			[],
		],
		[
			"only tenant and client",
			daemon,
			[WAYS],
			["AZURE_TENANT_ID", "AZURE_CLIENT_ID"],
		],
		[
			"no tenant",
			() => ({ ...daemon(), ...secret(), TENANT_ID: " " }),
			[/Not set: AZURE_TENANT_ID\./],
			["AZURE_CLIENT_ID", "SECRET"],
		],
		[
			"no client",
			() => ({ ...daemon(), ...certificate(), CLIENT_ID: "" }),
			[/Not set: AZURE_CLIENT_ID\./],
			["AZURE_TENANT_ID", "CERTIFICATE"],
		],
		[
			"a user and no password",
			() => ({ ...daemon(), USERNAME: "u" }),
			[/Not set: AZURE_PASSWORD/],
			["AZURE_TENANT_ID", "SECRET"],
		],
		[
			"a password and no user",
			() => ({ ...daemon(), PASSWORD: "planted" }),
			[/Not set: AZURE_USERNAME/],
			["AZURE_TENANT_ID", "SECRET", "planted"],
		],
		[
			"a certificate's password and no certificate",
			() => ({ ...daemon(), CLIENT_CERTIFICATE_PASSWORD: "planted" }),
			[WAYS],
			["planted"],
		],
	];
	test.each(cases)("%s", async (_, settings, words, others) => {
		set(settings());
		const credential = credentialOf();
		const error = await failureOf(credential.getToken(VAULT));
		assert.ok(error instanceof CredentialUnavailableError);
		assert.match(error.message, /^EnvironmentCredential: /);
		for (const word of words) assert.match(error.message, word);
		for (const other of others)
			assert.ok(
				!error.message.includes(other),
				`${other} is in: ${error.message}`,
			);
		assert.deepEqual(await entra.emulator.requests(), []);
	});

	test("a tenant that cannot be one is refused by the constructor", () => {
		set({ ...daemon(), ...secret(), TENANT_ID: "a/b" });
		assert.throws(() => credentialOf(), {
			name: "CredentialUnavailableError",
			message: /EnvironmentCredential.*tenantId/,
		});
	});
});

describe("AZURE_ADDITIONALLY_ALLOWED_TENANTS", () => {
	const other = (options: EnvironmentCredentialOptions = {}) =>
		credentialOf(options).getToken(VAULT, {
			tenantId: entra.emulator.tenants.fabrikam.id,
		});
	beforeEach(() => set({ ...daemon(), ...secret() }));

	test.each([
		["names it", () => `x; ${entra.emulator.tenants.fabrikam.id} ;;`],
		["names all", () => " * "],
	])("lets the credential into another tenant when it %s", async (_, list) => {
		set({ ADDITIONALLY_ALLOWED_TENANTS: list() });
		const { token } = await other();
		assert.equal(claimsOf(token).tid, entra.emulator.tenants.fabrikam.id);
	});

	test.each(["", ";", "elsewhere"])("and no further: %j", async (list) => {
		set({ ADDITIONALLY_ALLOWED_TENANTS: list });
		await assert.rejects(other(), { name: "CredentialUnavailableError" });
	});

	test("is overruled by the option, in both directions", async () => {
		set({ ADDITIONALLY_ALLOWED_TENANTS: "*" });
		await assert.rejects(other({ additionallyAllowedTenants: [] }), {
			name: "CredentialUnavailableError",
		});
		set({ ADDITIONALLY_ALLOWED_TENANTS: "elsewhere" });
		assert.ok(await other({ additionallyAllowedTenants: ["*"] }));
	});
});

describe("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", () => {
	test.each([
		["1", true],
		["true", true],
		["TRUE", true],
		[" True ", true],
		["0", false],
		["false", false],
		["yes", false],
		["", false],
		[undefined, false],
	])("%j: the certificate is sent along: %s", async (value, isSent) => {
		set({ ...daemon(), ...certificate() });
		vi.stubEnv("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", value);
		const service = new ScriptedService({ body: GRANTED });
		await new EnvironmentCredential(service.options()).getToken(VAULT);
		const { client_assertion: assertion = "" } = service.seen[0]?.form ?? {};
		const [header = ""] = assertion.split(".");
		const { x5c } = JSON.parse(Buffer.from(header, "base64url").toString());
		assert.equal(Array.isArray(x5c), isSent);
	});
});
