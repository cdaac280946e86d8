import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a server is started with: lines of its configuration. `{folder}` and `{port}` stand for its own. */
export interface ServerOptions {
	readonly config?: readonly string[];
	readonly isSentinel?: boolean;
	/** What redis-cli needs to be let in. */
	readonly cli?: readonly string[];
}

/** A real redis-server on a port of its own, in a folder of its own. */
export class RedisServer {
	readonly port: number;
	readonly folder: string;
	readonly #options: ServerOptions;
	#process: ChildProcess | undefined;
	#output = "";

	constructor(port: number, folder: string, options: ServerOptions) {
		this.port = port;
		this.folder = folder;
		this.#options = options;
	}

	/** Starts it, with what is in its folder; resolves when it answers. */
	async start(): Promise<void> {
		const { isSentinel = false } = this.#options;
		this.#process = spawn(
			"redis-server",
			["redis.conf", ...(isSentinel ? ["--sentinel"] : [])],
			{ cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] },
		);
		for (const stream of [this.#process.stdout, this.#process.stderr])
			stream?.on("data", (data) => {
				this.#output += data;
			});
		await until(`redis-server at ${this.port}`, async () => {
			if (this.#process?.exitCode !== null)
				throw new Gone(`redis-server ended: ${this.#output}`);
			return (await this.cli("PING")).trim() === "PONG";
		});
	}

	/** Ends it at once, as a machine that fails. What it has not saved is lost. */
	async stop(): Promise<void> {
		const child = this.#process;
		this.#process = undefined;
		if (child === undefined || child.exitCode !== null) return;
		const exit = once(child, "exit");
		child.kill("SIGKILL");
		await exit;
	}

	/** Neither answers nor closes its connections, until it is resumed. */
	freeze(): void {
		this.#process?.kill("SIGSTOP");
	}

	resume(): void {
		this.#process?.kill("SIGCONT");
	}

	/** What redis-cli prints for a command. */
	async cli(...command: readonly string[]): Promise<string> {
		const { cli = [] } = this.#options;
		const { stdout } = await run("redis-cli", [
			...["-h", "127.0.0.1", "-p", String(this.port)],
			...cli.map((part) => part.replaceAll("{folder}", this.folder)),
			...command,
		]);
		return stdout.trimEnd();
	}

	/** How often each command has been called, of those that have been. */
	async calls(): Promise<Record<string, number>> {
		const info = await this.cli("INFO", "commandstats");
		return Object.fromEntries(
			[...info.matchAll(/^cmdstat_([\w|]+):calls=(\d+)/gm)].map(
				([, name = "", calls]) => [name, Number(calls)],
			),
		);
	}

	async close(): Promise<void> {
		this.resume();
		await this.stop();
		await rm(this.folder, { recursive: true, force: true });
	}
}

/** Starts a server; nothing in it is saved to disk. */
export async function startRedis(
	options: ServerOptions = {},
	prepare: (folder: string) => Promise<void> = async () => {},
): Promise<RedisServer> {
	for (let attempt = 1; ; attempt += 1) {
		const folder = await mkdtemp(path.join(tmpdir(), "azidentity-redis-"));
		const port = await freePort();
		const lines = [
			"port {port}",
			"bind 127.0.0.1",
			"protected-mode no",
			...(options.isSentinel ? [] : ['save ""', "enable-debug-command yes"]),
			...(options.config ?? []),
		];
		await prepare(folder);
		await writeFile(
			path.join(folder, "redis.conf"),
			`${lines.join("\n")}\n`
				.replaceAll("{port}", String(port))
				.replaceAll("{folder}", folder),
		);
		const server = new RedisServer(port, folder, options);
		try {
			await server.start();
			return server;
		} catch (error) {
			await server.close();
			// Somebody else may have taken the port meanwhile.
			if (attempt >= 5 || !String(error).includes("in use")) throw error;
		}
	}
}

/** A port that is free, and whose neighbour for a Cluster's own connections can be one too. */
async function freePort(): Promise<number> {
	for (;;) {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as { port: number };
		server.close();
		await once(server, "close");
		if (port < 55_000) return port;
	}
}

/** What will never come to pass. */
export class Gone extends Error {}

/** Waits for something that takes its time, by looking again and again. The runner's own limit says when it takes too long. */
export async function until(
	what: string,
	isSo: () => Promise<boolean> | boolean,
): Promise<void> {
	const end = performance.now() + 50_000;
	let last: unknown;
	while (performance.now() < end) {
		try {
			if (await isSo()) return;
		} catch (error) {
			if (error instanceof Gone) throw error;
			last = error;
		}
		await pause(20);
	}
	throw new Error(`waited in vain for: ${what}`, { cause: last });
}
