import { spawn } from "node:child_process";
import { createRequire } from "node:module";

/**
 * Starts Azurite's blob service, which takes tokens as Azure Storage does: on a free port, over HTTPS with
 * the emulator's certificate, keeping everything in memory.
 * @param {{ certFile: string, keyFile: string }} emulator
 */
export async function startAzurite(emulator) {
	const manifest = createRequire(import.meta.url).resolve(
		"azurite/package.json",
	);
	const child = spawn(
		process.execPath,
		[
			new URL("dist/src/blob/main.js", `file://${manifest}`).pathname,
			...["--blobPort", "0", "--oauth", "basic", "--inMemoryPersistence"],
			...["--cert", emulator.certFile, "--key", emulator.keyFile],
			...["--silent", "--disableTelemetry", "--skipApiVersionCheck"],
		],
		{ stdio: ["ignore", "pipe", "pipe"] },
	);
	try {
		const url = `${await addressOf(child)}/devstoreaccount1`;
		return { url, close: () => stop(child) };
	} catch (error) {
		await stop(child);
		throw error;
	}
}

/** A machine that is busy starts it in a few seconds. */
const PATIENCE_MS = 20_000;

/** The address that Azurite says it listens on. */
function addressOf(child) {
	return new Promise((resolve, reject) => {
		let said = "";
		const patience = setTimeout(() => {
			reject(new Error(`Azurite has not started: ${said}`));
		}, PATIENCE_MS);
		const listen = (text) => {
			said += text;
			const address = /listens on (https:\/\/\S+)/.exec(said)?.[1];
			if (address === undefined) return;
			clearTimeout(patience);
			resolve(address);
		};
		child.stdout.setEncoding("utf8").on("data", listen);
		child.stderr.setEncoding("utf8").on("data", listen);
		child.once("error", reject);
		child.once("exit", (code) => {
			clearTimeout(patience);
			reject(new Error(`Azurite ended with code ${code}: ${said}`));
		});
	});
}

function stop(child) {
	if (child.exitCode !== null || child.signalCode !== null) return;
	return new Promise((resolve) => {
		child.once("exit", resolve);
		// It holds nothing but memory, and takes seconds to end politely.
		child.kill("SIGKILL");
	});
}
