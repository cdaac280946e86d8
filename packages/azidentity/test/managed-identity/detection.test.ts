import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { describe, test } from "vitest";
import { flushLog } from "../../src/foundation/log.ts";
import {
	azureHost,
	CLIENT_ID,
	environment,
	failureOf,
	imdsHost,
	managedIdentityTests,
	THUMBPRINT,
	VAULT,
	variablesAt,
} from "./azure-host.ts";

managedIdentityTests();

describe("The environment says which host is asked", () => {
	test.each([
		["App Service", "/msi"],
		["Azure Machine Learning", "/ml"],
		["Cloud Shell", "/shell"],
		["Azure Arc", "/arc"],
		["IMDS", "/imds/metadata/identity/oauth2/token"],
	])("%s", async (name, where) => {
		const host = await azureHost();
		environment(variablesAt(host.url)[name] ?? {});
		await host.credential().getToken(VAULT);
		assert.equal(host.seen[0]?.path, where);
	});

	test.each([
		["Azure Machine Learning", "Azure Arc", "/ml"],
		["Cloud Shell", "Azure Arc", "/shell"],
		["App Service", "Azure Machine Learning", "/msi"],
		["App Service", "IMDS", "/msi"],
		["Azure Arc", "IMDS", "/arc"],
	])("%s comes before %s", async (first, second, where) => {
		const host = await azureHost();
		const hosts = variablesAt(host.url);
		environment({ ...hosts[second], ...hosts[first] });
		await host.credential().getToken(VAULT);
		assert.equal(host.seen[0]?.path, where);
	});

	test("Service Fabric comes before App Service, whose variables it has too", async () => {
		const host = await azureHost();
		environment({ ...variablesAt(host.url)["App Service"], ...THUMBPRINT });
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.match(error.message, /https/);
		assert.deepEqual(host.seen, []);
	});

	test.each([
		["a header without an endpoint", { IDENTITY_HEADER: "header" }],
		["an endpoint without a header", { IDENTITY_ENDPOINT: "http://h/" }],
		[
			"an empty header",
			{ IDENTITY_ENDPOINT: "http://h/", IDENTITY_HEADER: "" },
		],
		["an empty endpoint", { IDENTITY_ENDPOINT: "", IDENTITY_HEADER: "header" }],
		["a secret without an endpoint", { MSI_ENDPOINT: "", MSI_SECRET: "s" }],
		["only IMDS_ENDPOINT", { IMDS_ENDPOINT: "http://h/" }],
	])("%s is no sign of any host but IMDS", async (_, variables) => {
		const host = await imdsHost();
		environment(variables);
		await host.credential().getToken(VAULT);
		assert.equal(host.seen[0]?.path, "/metadata/identity/oauth2/token");
	});

	test("an empty thumbprint is none: it is App Service", async () => {
		const host = await azureHost();
		environment({
			...variablesAt(host.url)["App Service"],
			IDENTITY_SERVER_THUMBPRINT: "",
		});
		await host.credential().getToken(VAULT);
		assert.equal(host.seen.length, 1);
	});

	test("the agent's program alone means Azure Arc, at the agent's own address", async () => {
		const directory = mkdtempSync(path.join(tmpdir(), "azidentity-himds-"));
		try {
			const himds = path.join(directory, "himds");
			writeFileSync(himds, "");
			const host = await azureHost();
			const credential = host.credential({
				arcFiles: { himds, tokens: directory },
				httpClient: {
					sendRequest: async (request) =>
						Promise.reject(
							Object.assign(new Error(request.url), { code: "ECONNREFUSED" }),
						),
				},
			});
			const error = await failureOf(credential.getToken(VAULT));
			assert.match(error.message, /127\.0\.0\.1:40342.*azcmagent/);
			assert.match(
				String(error.cause),
				/http:\/\/127\.0\.0\.1:40342\/metadata\/identity\/oauth2\/token\?api-version=2020-06-01/,
			);
		} finally {
			rmSync(directory, { recursive: true });
		}
	});
});

describe("A credential stays with what it found when it was made", () => {
	test("host, address and secret do not follow the environment", async () => {
		const host = await azureHost();
		environment(variablesAt(host.url)["App Service"] ?? {});
		const credential = host.credential();
		environment({
			IDENTITY_ENDPOINT: "http://127.0.0.1:1/",
			IDENTITY_HEADER: "x",
		});
		await credential.getToken(VAULT);
		assert.equal(host.seen[0]?.headers["x-identity-header"], "header");
	});

	test("two credentials made in different environments stay apart, on one shared cache, too", async () => {
		const { TokenCache } = await import("azidentity");
		const [one, other] = [await azureHost(), await azureHost()];
		const tokenCache = new TokenCache({ now: one.clock.now });
		environment(variablesAt(one.url)["App Service"] ?? {});
		const first = one.credential({ tokenCache });
		environment(variablesAt(other.url)["App Service"] ?? {});
		const second = other.credential({ tokenCache });
		await first.getToken(VAULT);
		await second.getToken(VAULT);
		await first.getToken(VAULT);
		assert.equal(one.seen.length, 1);
		assert.equal(other.seen.length, 1);
	});

	test("each has the HTTP client of its own options", async () => {
		const host = await imdsHost();
		await host.credential().getToken(VAULT);
		const asked: string[] = [];
		const own = host.credential({
			httpClient: {
				sendRequest: (request) => {
					asked.push(request.url);
					return Promise.reject(new Error("no"));
				},
			},
		});
		await failureOf(own.getToken(VAULT));
		assert.equal(asked.length, 1);
		assert.equal(host.seen.length, 1);
	});

	test("the caller's options stay as they are", async () => {
		const host = await imdsHost();
		const options = Object.freeze({
			clientId: CLIENT_ID,
			retryOptions: Object.freeze({ maxRetries: 0 }),
		});
		await host.credential(options).getToken(VAULT);
		assert.equal(host.seen.length, 1);
	});

	test("the log says which host, and how the identity is named", async () => {
		const lines: string[] = [];
		const before = AzureLogger.log;
		AzureLogger.log = (...args) => lines.push(inspect(args));
		setLogLevel("info");
		try {
			const host = await imdsHost();
			host.credential({ objectId: CLIENT_ID });
			await flushLog();
			assert.ok(
				lines.some((line) => /ManagedIdentity.*IMDS.*objectId/.test(line)),
			);
		} finally {
			AzureLogger.log = before;
			setLogLevel(undefined);
		}
	});
});
