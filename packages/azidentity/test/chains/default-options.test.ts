import assert from "node:assert/strict";
import {
	DefaultAzureCredential,
	type DefaultAzureCredentialClientIdOptions,
} from "azidentity";
import { describe, test } from "vitest";
import { emulatedEntra, VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import {
	imdsHost,
	managedIdentityTests,
} from "../managed-identity/azure-host.ts";
import { bareMachine } from "./default-surroundings.ts";

managedIdentityTests();
const machine = bareMachine();
const entra = emulatedEntra();

/** The links that were asked, as the table of a failure has them. */
async function linksAsked(
	options: DefaultAzureCredentialClientIdOptions = {},
): Promise<string[]> {
	const credential = new DefaultAzureCredential({
		...entra.options,
		...options,
	});
	const { message } = await failureOf(credential.getToken(VAULT));
	return message
		.split("\n")
		.filter((line) => line.startsWith("  ") && line[2] !== " ")
		.map((line) => line.trim().split(/\s/)[0] ?? "");
}

const PRODUCTION = [
	"EnvironmentCredential",
	"WorkloadIdentityCredential",
	"ManagedIdentityCredential",
];
const DEVELOPMENT = [
	"VisualStudioCodeCredential",
	"AzureCliCredential",
	"AzurePowerShellCredential",
	"AzureDeveloperCliCredential",
	"BrokerCredential",
];
const SINGLE = [...PRODUCTION, ...DEVELOPMENT.slice(0, -1)];

describe("AZURE_TOKEN_CREDENTIALS selects the links", () => {
	const cases: [string, string[]][] = [
		["prod", PRODUCTION],
		[" PROD\n", PRODUCTION],
		["dev", DEVELOPMENT],
		["Dev", DEVELOPMENT],
		["", [...PRODUCTION, ...DEVELOPMENT]],
		["  ", [...PRODUCTION, ...DEVELOPMENT]],
		...SINGLE.flatMap((name): [string, string[]][] => [
			[name, [name]],
			[` ${name.toLowerCase()} `, [name]],
		]),
	];
	test.each(cases)("%j", async (value, links) => {
		process.env.AZURE_TOKEN_CREDENTIALS = value;
		assert.deepEqual(await linksAsked(), links);
	});

	test.each([
		"production",
		"BrokerCredential",
		"ClientSecretCredential",
		"a,b",
	])(
		"%j names none: the constructor says what may stand there, and not what stands there",
		(value) => {
			process.env.AZURE_TOKEN_CREDENTIALS = value;
			assert.throws(
				() => new DefaultAzureCredential(),
				(error: Error) => {
					assert.match(error.message, /AZURE_TOKEN_CREDENTIALS.*"prod"/);
					for (const name of SINGLE) assert.ok(error.message.includes(name));
					return true;
				},
			);
		},
	);
});

describe("requiredEnvVars must be set", () => {
	test("one that is not, or is empty, is named by the constructor", () => {
		process.env.AZURE_CLIENT_ID = "";
		for (const requiredEnvVars of [
			"AZURE_CLIENT_ID" as const,
			["AZURE_CLIENT_ID" as const],
		])
			assert.throws(
				() => new DefaultAzureCredential({ requiredEnvVars }),
				/AZURE_CLIENT_ID/,
			);
	});

	test("all that are not are named, before anything else is looked at", () => {
		process.env.AZURE_TENANT_ID = "t";
		process.env.AZURE_TOKEN_CREDENTIALS = "nonsense";
		assert.throws(
			() =>
				new DefaultAzureCredential({
					requiredEnvVars: [
						"AZURE_CLIENT_ID",
						"AZURE_TENANT_ID",
						"AZURE_CLIENT_SECRET",
					],
				}),
			(error: Error) => {
				assert.match(error.message, /AZURE_CLIENT_ID, AZURE_CLIENT_SECRET/);
				assert.ok(!error.message.includes("AZURE_TENANT_ID"));
				return true;
			},
		);
	});

	test("when they are, there is nothing to say", () => {
		process.env.AZURE_CLIENT_ID = "c";
		new DefaultAzureCredential({ requiredEnvVars: ["AZURE_CLIENT_ID"] });
		new DefaultAzureCredential({ requiredEnvVars: [] });
	});
});

describe("Options reach the links they are meant for", () => {
	const clientId = "11111111-2222-4333-8444-555555555555";

	test.each<[string, DefaultAzureCredentialClientIdOptions, object]>([
		["no id", {}, {}],
		[
			"managedIdentityClientId",
			{ managedIdentityClientId: clientId },
			{ client_id: clientId },
		],
		[
			"managedIdentityResourceId, before a client id",
			{
				managedIdentityClientId: clientId,
				managedIdentityResourceId: "/subscriptions/s/identity",
			} as DefaultAzureCredentialClientIdOptions,
			{ msi_res_id: "/subscriptions/s/identity" },
		],
	])("to managed identity: %s", async (_, options, expected) => {
		const host = await imdsHost();
		await new DefaultAzureCredential({
			...entra.options,
			...options,
		}).getToken(VAULT);
		const {
			resource,
			"api-version": version,
			...ids
		} = host.seen.at(-1)?.query ?? assert.fail();
		assert.ok(resource && version);
		assert.deepEqual(ids, expected);
	});

	test("to managed identity: AZURE_CLIENT_ID, unless it is empty", async () => {
		const host = await imdsHost();
		for (const [value, expected] of [
			[clientId, clientId],
			["", undefined],
		] as const) {
			process.env.AZURE_CLIENT_ID = value;
			const credential = new DefaultAzureCredential(entra.options);
			await credential.getToken(VAULT);
			assert.equal(host.seen.at(-1)?.query.client_id, expected);
		}
	});

	test("to developer tools: the tenant, and how long they may take", async () => {
		machine.tool("az", 'echo "$*" >&2; exit 1');
		const { message } = await failureOf(
			new DefaultAzureCredential({
				...entra.options,
				tenantId: "contoso.test",
			}).getToken(VAULT),
		);
		assert.match(message, /--tenant contoso\.test/);
		machine.tool("az", "sleep 1000");
		const limited = await failureOf(
			new DefaultAzureCredential({
				...entra.options,
				processTimeoutInMs: 50,
			}).getToken(VAULT),
		);
		assert.match(limited.message, /took longer than 50 ms/);
	});

	test("and stay the caller's: two credentials from one object, which is not changed", async () => {
		const options = Object.freeze({ ...entra.options, tenantId: "t.test" });
		const before = structuredClone({ ...options, tlsOptions: {} });
		new DefaultAzureCredential(options);
		new DefaultAzureCredential(options);
		assert.deepEqual({ ...options, tlsOptions: {} }, before);
	});
});

describe("A sign of life of IMDS", () => {
	test("is asked for once, before the first request", async () => {
		const host = await imdsHost();
		const credential = new DefaultAzureCredential({
			...entra.options,
			now: host.clock.now,
		});
		await Promise.all([credential.getToken(VAULT), credential.getToken(VAULT)]);
		await credential.getToken(VAULT);
		assert.deepEqual(
			host.seen.map(({ query }) => query.resource),
			[undefined, "https://vault.azure.net"],
		);
	});

	test("is not asked for when managed identity was selected alone", async () => {
		process.env.AZURE_TOKEN_CREDENTIALS = "ManagedIdentityCredential";
		const host = await imdsHost();
		await new DefaultAzureCredential(entra.options).getToken(VAULT);
		assert.equal(host.seen.length, 1);
	});
});
