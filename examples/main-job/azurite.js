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
	return {
		url: `${await addressOf(child)}/devstoreaccount1`,
		close: () => stop(child),
	};
}

/** The address that Azurite says it listens on. */
function addressOf(child) {
	return new Promise((resolve, reject) => {
		let said = "";
		const listen = (text) => {
			said += text;
			const address = /listening at (https:\/\/\S+)/.exec(said)?.[1];
			if (address !== undefined) resolve(address);
		};
		child.stdout.setEncoding("utf8").on("data", listen);
		child.stderr.setEncoding("utf8").on("data", listen);
		child.once("error", reject);
		child.once("exit", (code) =>
			reject(new Error(`Azurite ended with code ${code}: ${said}`)),
		);
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
