import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** A Redis of this program's own on a free port of this machine, which keeps nothing on disk. */
export async function startRedis() {
	for (let attempt = 1; ; attempt += 1) {
		const port = await freePort();
		const child = spawn(
			"redis-server",
			["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", "/"],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		const spawned = once(child, "spawn");
		await spawned.catch(() => {
			throw new Error(
				"This needs redis-server, which is not here. On Debian and Ubuntu: apt-get install -y redis-server. On macOS: brew install redis.",
			);
		});
		if (await isReady(child))
			return {
				url: `redis://127.0.0.1:${port}`,
				pid: child.pid,
				async close() {
					child.kill("SIGKILL");
					if (child.exitCode === null && child.signalCode === null)
						await once(child, "exit");
				},
			};
		// Somebody else may have taken the port meanwhile.
		if (attempt >= 5) throw new Error("redis-server ends as it starts");
	}
}

async function isReady({ stdout }) {
	for await (const line of createInterface({ input: stdout })) {
		if (!line.includes("Ready to accept connections")) continue;
		stdout.resume();
		return true;
	}
	return false;
}

async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	await once(server, "close");
	return port;
}
