// What a cache does, as numbers: a plain subscriber to the library's diagnostics channels, and a table at the end. Then who
// is in the cache, and out again. It runs against an emulated Entra ID on this machine.
//
//   node examples/metrics/main.js
import assert from "node:assert/strict";
import { subscribe } from "node:diagnostics_channel";
import { startEmulator } from "@azidentity/emulator";
import { ClientSecretCredential, TokenCache } from "azidentity";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

/** How often each thing happened, and how long it took in all, by name and reason or outcome. */
const table = new Map();
for (const name of ["hit", "miss", "join", "refresh", "remove"])
	subscribe(`azidentity:${name}`, ({ reason, outcome, duration }) => {
		const row = [name, reason ?? outcome].filter(Boolean).join(" ");
		const { count = 0, ms = 0 } = table.get(row) ?? {};
		table.set(row, { count: count + 1, ms: ms + (duration ?? 0) });
	});

const emulator = await startEmulator();
try {
	const tokenCache = new TokenCache();
	const stop = tokenCache.onChange(({ what, token }) =>
		console.log(`${what}: ${token.scopes}`),
	);
	const { daemon } = emulator.apps;
	const credential = new ClientSecretCredential(
		emulator.tenants.contoso.id,
		daemon.clientId,
		daemon.secrets[0],
		{
			authorityHost: emulator.authorityHost,
			disableInstanceDiscovery: true,
			tlsOptions: { ca: emulator.ca },
			tokenCache,
		},
	);

	// Fifty callers at once, and a thousand one after the other: one request for each resource.
	for (const scope of [STORAGE, VAULT]) {
		await Promise.all(
			Array.from({ length: 50 }, () => credential.getToken(scope)),
		);
		for (let call = 0; call < 1_000; call += 1)
			await credential.getToken(scope);
	}

	for (const {
		clientId,
		expiresOn,
		kind,
		scopes,
		where,
	} of await tokenCache.list())
		console.log(
			`in ${where}: an ${kind} of ${clientId} for ${scopes} until ${new Date(expiresOn).toISOString()}`,
		);
	await tokenCache.clear({ scopes: VAULT });
	assert.equal((await tokenCache.list()).length, 1);
	stop();

	for (const [row, { count, ms }] of table)
		console.log(
			`${row.padEnd(16)} ${String(count).padStart(6)} ${ms === 0 ? "" : `${ms.toFixed(1)} ms`}`,
		);
	const counts = Object.fromEntries(
		[...table].map(([row, { count }]) => [row, count]),
	);
	assert.deepEqual(counts, {
		"miss empty": 100,
		join: 98,
		"refresh granted": 2,
		hit: 2_000,
		"remove cleared": 1,
	});
} finally {
	await emulator.close();
}
