import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { startEmulator } from "@azidentity/emulator";
import { AuthenticationError, CredentialUnavailableError } from "azidentity";
import {
	afterAll,
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	test,
	vi,
} from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { kubernetesPod } from "./kubernetes-pod.ts";
import { SNI_NAME, tokenProxyServer } from "./token-proxy-server.ts";

const GRAPH = "https://graph.microsoft.com/.default";

const entra = emulatedEntra();
const pod = kubernetesPod(entra);
let server: Awaited<ReturnType<typeof tokenProxyServer>>;
let caFile = "";

beforeAll(async () => {
	server = await tokenProxyServer(entra.emulator);
	caFile = pod.file("ca.crt");
});
afterAll(() => server.close());
beforeEach(() => {
	writeFileSync(caFile, server.ca);
	vi.stubEnv("AZURE_KUBERNETES_TOKEN_PROXY", server.url);
	vi.stubEnv("AZURE_KUBERNETES_SNI_NAME", SNI_NAME);
	vi.stubEnv("AZURE_KUBERNETES_CA_FILE", caFile);
});
afterEach(() => {
	server.seen.length = 0;
});

const workload = (options = {}) =>
	pod.workload({ enableAzureProxy: true, ...options });

describe("With enableAzureProxy, everything goes to the token proxy of the cluster", () => {
	test("tokens and discovery, by its path followed by theirs, under its own TLS name", async () => {
		const token = await workload().getToken(VAULT);
		const { apps, tenants } = entra.emulator;
		assert.equal(claimsOf(token.token).appid, apps.daemon.clientId);
		const tenant = `/base/${tenants.contoso.id}`;
		assert.deepEqual(
			server.seen.map(({ method, servername, url }) => ({
				method,
				servername,
				url,
			})),
			[
				{
					method: "GET",
					servername: SNI_NAME,
					url: `${tenant}/v2.0/.well-known/openid-configuration`,
				},
				{
					method: "POST",
					servername: SNI_NAME,
					url: `${tenant}/oauth2/v2.0/token`,
				},
			],
		);
	});

	test("on one connection, for as long as the certificates are the same", async () => {
		const credential = workload();
		await credential.getToken(VAULT);
		await credential.getToken(STORAGE);
		const connections = server.seen.map(({ connection }) => connection);
		assert.equal(connections.length, 3);
		assert.equal(new Set(connections).size, 1);
	});

	test("with the certificates in a variable", async () => {
		vi.stubEnv("AZURE_KUBERNETES_CA_FILE", "");
		vi.stubEnv("AZURE_KUBERNETES_CA_DATA", server.ca);
		assert.ok(await workload().getToken(VAULT));
	});

	test("through the HTTP proxy of the program, and still under its own name and certificates", async () => {
		const other = await startEmulator({ elsewhere: "tunnel" });
		try {
			const { hostname, port } = new URL(other.proxyUrl);
			const proxyOptions = { host: `http://${hostname}`, port: Number(port) };
			assert.ok(await workload({ proxyOptions }).getToken(VAULT));
			const names = server.seen.map(({ servername }) => servername);
			assert.deepEqual(names, [SNI_NAME, SNI_NAME]);
			vi.stubEnv("AZURE_KUBERNETES_SNI_NAME", "other.cluster.test");
			const error = await failureOf(workload({ proxyOptions }).getToken(VAULT));
			assert.match(error.message, /ERR_TLS_CERT_ALTNAME_INVALID/);
		} finally {
			await other.close();
		}
	});

	test("and the options stay as they are", async () => {
		const options = { ...entra.options, enableAzureProxy: true };
		const before = { ...options };
		assert.ok(await pod.workload(Object.freeze(options)).getToken(VAULT));
		assert.deepEqual(options, before);
	});

	test("also when the program brings an HTTP client of its own: it is asked, with the proxy's URL and TLS settings", async () => {
		const { createDefaultHttpClient } = await import(
			"@azure/core-rest-pipeline"
		);
		const client = createDefaultHttpClient();
		const hosts: string[] = [];
		const httpClient: typeof client = {
			sendRequest(request) {
				hosts.push(new URL(request.url).host);
				return client.sendRequest(request);
			},
		};
		assert.ok(await workload({ httpClient }).getToken(VAULT));
		const { host } = new URL(server.url);
		assert.deepEqual(hosts, [host, host]);
	});
});

describe("Without it, the environment's proxy is left alone", () => {
	test.each([undefined, false])(
		"enableAzureProxy: %s",
		async (enableAzureProxy) => {
			vi.stubEnv("AZURE_KUBERNETES_TOKEN_PROXY", "http://not&a proxy");
			vi.stubEnv("AZURE_KUBERNETES_CA_DATA", "no certificates");
			const options =
				enableAzureProxy === undefined ? {} : { enableAzureProxy };
			assert.ok(await pod.workload(options).getToken(VAULT));
			assert.deepEqual(server.seen, []);
		},
	);

	test("and with it, an environment that names none changes nothing", async () => {
		for (const name of ["TOKEN_PROXY", "SNI_NAME", "CA_FILE", "CA_DATA"])
			vi.stubEnv(`AZURE_KUBERNETES_${name}`, "");
		assert.ok(await workload().getToken(VAULT));
		assert.deepEqual(server.seen, []);
	});
});

describe("Nobody but the proxy is believed", () => {
	const refused = async (code: RegExp) => {
		const error = await failureOf(workload().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "tls_error");
		assert.ok(error.message.includes(new URL(server.url).host), error.message);
		assert.match(error.message, code);
		assert.match(error.message, /AZURE_KUBERNETES_CA_FILE/);
		assert.deepEqual(server.seen, []);
	};

	test("not under another TLS name", async () => {
		vi.stubEnv("AZURE_KUBERNETES_SNI_NAME", "other.cluster.test");
		await refused(/ERR_TLS_CERT_ALTNAME_INVALID/);
	});

	test("not without its TLS name", async () => {
		vi.stubEnv("AZURE_KUBERNETES_SNI_NAME", "");
		await refused(/ERR_TLS_CERT_ALTNAME_INVALID/);
	});

	test("not with certificates of another authority", async () => {
		writeFileSync(caFile, entra.emulator.ca);
		await refused(/SIGNATURE|UNABLE_TO|SELF_SIGNED/);
	});

	test("not with those that the system trusts", async () => {
		vi.stubEnv("AZURE_KUBERNETES_CA_FILE", "");
		await refused(/SIGNATURE|UNABLE_TO|SELF_SIGNED/);
	});
});

describe("The CA file is read before every request", () => {
	test("so a rotation is followed: new, empty, damaged and good again", async () => {
		const credential = workload();
		await credential.getToken(VAULT);

		// The proxy gets a certificate of another authority, and the file says so.
		const next = server.replaceAuthority();
		writeFileSync(caFile, next);
		await credential.getToken(STORAGE);
		const used = server.seen.map(({ connection }) => connection);
		assert.equal(
			new Set(used).size,
			2,
			"a connection under the old certificates is not used again",
		);

		// About to be written: what was there holds.
		writeFileSync(caFile, "");
		await credential.getToken(GRAPH);

		// Half written: this request fails, by name, and is not repeated.
		const count = server.seen.length;
		writeFileSync(caFile, next.slice(0, -100));
		const error = await failureOf(
			credential.getToken("https://a.test/.default"),
		);
		assert.ok(error instanceof CredentialUnavailableError);
		assert.ok(error.message.includes(caFile), error.message);
		rmSync(caFile);
		const gone = await failureOf(
			credential.getToken("https://a.test/.default"),
		);
		assert.ok(gone instanceof CredentialUnavailableError);
		assert.match(gone.message, /ENOENT/);
		assert.equal(server.seen.length, count);
		assert.ok(await credential.getToken(VAULT), "what is remembered stays");

		writeFileSync(caFile, next);
		assert.ok(
			await credential.getToken("https://management.azure.com/.default"),
		);
		server.restoreAuthority();
	});
});

test("an answer of the proxy's own is told from Entra's, by its host", async () => {
	vi.stubEnv(
		"AZURE_KUBERNETES_TOKEN_PROXY",
		new URL("/nowhere", server.url).href,
	);
	const error = await failureOf(workload().getToken(VAULT));
	assert.ok(error instanceof AuthenticationError);
	const { host } = new URL(server.url);
	assert.match(error.message, new RegExp(`${host} answered with status 404`));
});
