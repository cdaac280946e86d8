import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClientSecretCredential } from "azidentity";
import { afterEach, beforeEach, describe, test, vi } from "vitest";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const servers: Server[] = [];

beforeEach(() => {
	vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", "AutoDiscoverRegion");
	vi.stubEnv("REGION_NAME", "");
	vi.stubEnv(
		"AZURE_POD_IDENTITY_AUTHORITY_HOST",
		entra.emulator.managedIdentityUrl,
	);
});
afterEach(() => {
	vi.unstubAllEnvs();
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		server.close();
	}
});

/** The daemon, reaching the public cloud's own names through the emulator's proxy. */
function daemon(options: object = {}): ClientSecretCredential {
	const { port, hostname, protocol } = new URL(entra.emulator.proxyUrl);
	return entra.daemon({
		authorityHost: "https://login.microsoftonline.com",
		proxyOptions: { host: `${protocol}//${hostname}`, port: Number(port) },
		...options,
	});
}

/** What the machine was asked, and under which names the authority was. */
async function asked() {
	const requests = await entra.emulator.requests();
	return {
		probes: requests.filter(({ server }) => server === "managed-identity")
			.length,
		hosts: requests
			.filter(({ server }) => server === "authority")
			.map(({ host }) => host),
	};
}

const GLOBAL = "login.microsoftonline.com";
const REGIONAL = "westeurope.login.microsoft.com";

describe("A service that is to find its region by itself", () => {
	for (const word of [
		"AutoDiscoverRegion",
		"TryAutoDetect",
		"autodiscoverREGION",
	]) {
		test(`as ${word} asks the machine where it is, and then the token service there`, async () => {
			vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", word);
			const { token } = await daemon().getToken(VAULT);
			assert.ok(token);
			assert.deepEqual(await asked(), { probes: 1, hosts: [REGIONAL] });
		});
	}

	test("asks the machine once, however many callers and tenants there are", async () => {
		const credential = daemon({ additionallyAllowedTenants: ["*"] });
		const tenantId = entra.emulator.tenants.fabrikam.id;
		await Promise.all([
			credential.getToken(VAULT),
			credential.getToken(STORAGE),
			credential.getToken(VAULT, { tenantId }),
		]);
		const { hosts, probes } = await asked();
		assert.equal(probes, 1);
		assert.deepEqual(hosts, [REGIONAL, REGIONAL, REGIONAL]);
	});

	test("takes the region's name from REGION_NAME, however it is spelled, and asks no machine", async () => {
		vi.stubEnv("REGION_NAME", "West Europe ");
		await daemon().getToken(VAULT);
		assert.deepEqual(await asked(), { probes: 0, hosts: [REGIONAL] });
	});

	for (const [what, region] of [
		["another host", "evil.example/"],
		["a long text", "a".repeat(64)],
	] as const) {
		test(`asks the global service when the machine says ${what}`, async () => {
			await entra.emulator.addFault({
				path: "/metadata/instance",
				body: { location: region },
			});
			await daemon().getToken(VAULT);
			assert.deepEqual(await asked(), { probes: 1, hosts: [GLOBAL] });
		});
	}

	test("asks the global service when REGION_NAME cannot be a region", async () => {
		vi.stubEnv("REGION_NAME", "evil.example/");
		await daemon().getToken(VAULT);
		assert.deepEqual(await asked(), { probes: 0, hosts: [GLOBAL] });
	});

	test("asks the global service when the machine's address is none", async () => {
		vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "not an address");
		await daemon().getToken(VAULT);
		assert.deepEqual(await asked(), { probes: 0, hosts: [GLOBAL] });
	});

	for (const [what, fault] of [
		["does not know", { body: { name: "vm" } }],
		["answers with a page", { body: "<html>" }],
		["is in trouble", { status: 500, body: {} }],
		[
			"refuses, whatever else it says",
			{ status: 403, body: { location: "westeurope" } },
		],
		["has no such service", { status: 404, body: {} }],
		["cuts the connection", { reset: "at-once" }],
	] as const) {
		test(`asks the global service when the machine ${what}, and does not ask it again`, async () => {
			await entra.emulator.addFault({ path: "/metadata/instance", ...fault });
			const credential = daemon();
			await credential.getToken(VAULT);
			await credential.getToken(STORAGE);
			assert.deepEqual(await asked(), { probes: 1, hosts: [GLOBAL, GLOBAL] });
		});
	}

	test("asks again in the newest form when the machine does not know ours", async () => {
		await entra.emulator.addFault({
			path: "/metadata/instance",
			status: 400,
			body: {
				error:
					"Bad request. api-version is invalid or was not specified in the request.",
				"newest-versions": ["2035-11-15", "2021-02-01"],
			},
		});
		await daemon().getToken(VAULT);
		assert.deepEqual(await asked(), { probes: 2, hosts: [REGIONAL] });
	});

	test("says Metadata: true, no secret, and the version that the machine named", async () => {
		const seen: { url: string | undefined; metadata: unknown; size: number }[] =
			[];
		await machine((request, response) => {
			const { headers, url } = request;
			const size = Number(headers["content-length"] ?? 0);
			seen.push({ url, metadata: headers.metadata, size });
			const isFirst = seen.length === 1;
			response.writeHead(isFirst ? 400 : 200);
			response.end(
				JSON.stringify(
					isFirst
						? { "newest-versions": ["2035-11-15"] }
						: { location: "WestEurope" },
				),
			);
		});
		await daemon().getToken(VAULT);
		const path = "/metadata/instance/compute?api-version=";
		assert.deepEqual(seen, [
			{ url: `${path}2021-02-01`, metadata: "true", size: 0 },
			{ url: `${path}2035-11-15`, metadata: "true", size: 0 },
		]);
		assert.deepEqual((await asked()).hosts, [REGIONAL]);
	});

	test("asks the global service when the machine has not answered in two seconds", async () => {
		const { arrived } = await machine(() => {});
		const limits: { milliseconds: number; expire: () => void }[] = [];
		const token = daemon({
			setTimeout: (expire: () => void, milliseconds: number) => {
				limits.push({ milliseconds, expire });
			},
		}).getToken(VAULT);
		await arrived;
		const limit = limits.find(({ milliseconds }) => milliseconds === 2_000);
		assert.ok(limit, "there is no limit of two seconds");
		limit.expire();
		await token;
		assert.deepEqual((await asked()).hosts, [GLOBAL]);
	});

	test("leaves at once when its caller does, and asks anew for the next one", async () => {
		const { arrived } = await machine(() => {});
		const controller = new AbortController();
		const credential = daemon();
		const token = credential.getToken(VAULT, {
			abortSignal: controller.signal,
		});
		await arrived;
		controller.abort();
		await assert.rejects(token, { name: "AbortError" });
		assert.deepEqual((await asked()).hosts, []);
		vi.stubEnv(
			"AZURE_POD_IDENTITY_AUTHORITY_HOST",
			entra.emulator.managedIdentityUrl,
		);
		await credential.getToken(VAULT);
		assert.deepEqual((await asked()).hosts, [REGIONAL]);
	});

	test("asks its machine itself, whatever proxies the environment and the options name", async () => {
		// A proxy that leads nowhere: whatever goes through it fails.
		vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:9");
		vi.stubEnv("http_proxy", "http://127.0.0.1:9");
		vi.stubEnv("ALL_PROXY", "http://127.0.0.1:9");
		await daemon().getToken(VAULT);
		assert.deepEqual(await asked(), { probes: 1, hosts: [REGIONAL] });
	});
});

/** A machine of which we see all that is asked. `arrived` resolves at the first request. */
async function machine(
	answer: Parameters<typeof createServer>[1] & object,
): Promise<{ arrived: Promise<void> }> {
	let arrive = () => {};
	const arrived = new Promise<void>((resolve) => {
		arrive = resolve;
	});
	const server = createServer((request, response) => {
		arrive();
		answer(request, response);
	});
	servers.push(server);
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	const { port } = server.address() as AddressInfo;
	vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", `http://127.0.0.1:${port}/`);
	return { arrived };
}
