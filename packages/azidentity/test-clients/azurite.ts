import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { startEmulator } from "@azidentity/emulator";
import type { TestProject } from "vitest/node";

declare module "vitest" {
	interface ProvidedContext {
		/** The ports of Azurite's services on 127.0.0.1. */
		readonly azurite: Readonly<Record<Service, number>>;
	}
}

const SERVICES = ["blob", "queue", "table"] as const;
export type Service = (typeof SERVICES)[number];

/**
 * Vitest's global setup: Azurite with all its services, for every test file of the run. It takes tokens as Azure Storage
 * does, of any emulator of this user: they share the certificate that Azurite shows as well.
 */
export async function setup(project: TestProject): Promise<() => void> {
	const emulator = await startEmulator();
	const folder = mkdtempSync(path.join(tmpdir(), "azidentity-azurite-"));
	const manifest = createRequire(import.meta.url).resolve(
		"azurite/package.json",
	);
	const azurite = spawn(
		process.execPath,
		[
			path.join(path.dirname(manifest), "dist/src/azurite.js"),
			...SERVICES.flatMap((service) => [`--${service}Port`, "0"]),
			...["--oauth", "basic", "--inMemoryPersistence", "--silent"],
			...["--cert", emulator.certFile, "--key", emulator.keyFile],
			...["--skipApiVersionCheck", "--disableTelemetry"],
		],
		{ cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
	);
	await emulator.close();
	const stop = async () => {
		const ended = once(azurite, "close");
		// It holds nothing but memory, and takes seconds to end politely.
		if (azurite.kill("SIGKILL")) await ended;
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		project.provide("azurite", await portsOf(azurite));
	} catch (error) {
		await stop();
		throw error;
	}
	return stop;
}

/** The ports, once Azurite has said where each of its services listens. */
async function portsOf(
	azurite: ChildProcess,
): Promise<Record<Service, number>> {
	const { stdout } = azurite;
	if (stdout === null) throw new Error("Azurite's output is not read.");
	const ports: Partial<Record<Service, number>> = {};
	const said: string[] = [];
	for await (const line of createInterface({ input: stdout })) {
		said.push(line);
		const [, name, port] =
			/Azurite (\w+) service is successfully listening at .*:(\d+)/.exec(
				line,
			) ?? [];
		const service = SERVICES.find((each) => each === name?.toLowerCase());
		if (service !== undefined) ports[service] = Number(port);
		if (!areComplete(ports)) continue;
		stdout.resume();
		return ports;
	}
	throw new Error(`Azurite ended: ${said.join("\n")}`);
}

const areComplete = (
	ports: Partial<Record<Service, number>>,
): ports is Record<Service, number> =>
	SERVICES.every((service) => ports[service] !== undefined);
