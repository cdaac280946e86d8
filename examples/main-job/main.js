// The main job, on real parts: a service signs in with a secret, keeps its token, and uses it with a client of the
// Azure SDK. Everything runs on this machine: an emulated Entra ID, and Azurite in the place of Azure Storage.
//
//   npm start            a table for people
//   npm start -- --json  the same as one JSON object on the last line
import { startEmulator } from "@azidentity/emulator";
import { ClientSecretCredential } from "azidentity";
import { startAzurite } from "./azurite.js";
import { cacheOnDisk } from "./on-disk.js";
import { report } from "./report.js";
import { mainJob } from "./steps.js";

const say = report(process.argv.includes("--json"));
const closing = [];

async function main() {
	const emulator = await startEmulator();
	closing.unshift(() => emulator.close());
	const azurite = await startAzurite(emulator);
	closing.unshift(() => azurite.close());

	const tlsOptions = { ca: emulator.ca };
	const { contoso } = emulator.tenants;
	const { daemon } = emulator.apps;
	const credential = new ClientSecretCredential(
		contoso.id,
		daemon.clientId,
		daemon.secrets[0],
		{
			authorityHost: emulator.authorityHost,
			disableInstanceDiscovery: true,
			tlsOptions,
		},
	);
	say.start(emulator.authorityHost, azurite.url);
	const onDisk = cacheOnDisk(emulator);
	closing.unshift(() => onDisk.remove());
	const storageUrl = azurite.url;
	const parts = { emulator, storageUrl, credential, tlsOptions, onDisk };
	for (const step of mainJob(parts)) await runStep(emulator, step);
}

/** Runs one step and reports how long it took and how many token requests the authority saw. */
async function runStep(emulator, { name, expectedRequests, prepare, run }) {
	await prepare?.();
	await emulator.clearRequests();
	const start = performance.now();
	const outcome = { name, ok: true };
	try {
		const result = await run();
		if (typeof result === "string") outcome.result = result;
		else Object.assign(outcome, { result: result.skipped, skipped: true });
	} catch (error) {
		outcome.ok = false;
		outcome.result = String(error);
	}
	outcome.ms = performance.now() - start;
	outcome.requests = (await emulator.requests()).filter(({ path }) =>
		path.endsWith("/token"),
	).length;
	const isDone = outcome.ok && !outcome.skipped;
	if (isDone && outcome.requests !== expectedRequests) {
		outcome.ok = false;
		outcome.result = `${outcome.requests} token requests where ${expectedRequests} would do`;
	}
	say.step(outcome);
}

async function close() {
	for (const step of closing.splice(0)) await step();
}

for (const signal of ["SIGINT", "SIGTERM"])
	process.once(signal, () => close().finally(() => process.exit(130)));

try {
	await main();
} catch (error) {
	say.step({
		name: "start",
		ok: false,
		result: String(error),
		ms: 0,
		requests: 0,
	});
} finally {
	await close();
}
process.exitCode = say.end() ? 0 : 1;
