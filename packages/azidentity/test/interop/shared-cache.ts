import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { Emulator } from "@azidentity/emulator";
import { removeKey } from "../persistent/kernel-keys.ts";

/** What a program printed about one token, or about one write of its own. */
export interface Said {
	readonly scope?: string;
	readonly token?: string;
	readonly failed?: string;
	readonly replaced?: Replaced;
}

/** One write of ours, as programs/watch-renames.js saw it: what it lost, and the keys before and after. */
export interface Replaced {
	/** When, in milliseconds since 1970. */
	readonly at: number;
	readonly lost: readonly string[];
	readonly before: readonly string[];
	readonly after: readonly string[];
}

/** As an app by its secret, as a person by password, or as a person who is asked for nothing. */
export interface Job {
	readonly as: "app" | "person" | "silent";
	readonly scopes: readonly string[];
	readonly cae?: boolean;
	/** How long to wait after each token, in milliseconds, give or take a half. */
	readonly pause?: number;
	/** Whether a request that fails is not tried again. Ours only. */
	readonly noRetry?: boolean;
}

/** A user's home of its own, in which programs of every language share caches as they would in a real one. */
export interface SharedCache {
	readonly name: string;
	/** Where the encrypted document lies, for Go and for us. */
	readonly encrypted: string;
	/** Where the unencrypted one lies, for Python and for us. */
	readonly unencrypted: string;
	/** Each runs a program and resolves to what it said; `onSaid` is called for each line. */
	go(program: string, job: Job, onSaid?: () => void): Promise<Said[]>;
	python(program: string, job: Job, onSaid?: () => void): Promise<Said[]>;
	ours(job: Job, how?: OurWay, onSaid?: () => void): Promise<Said[]>;
	remove(): void;
}

export interface OurWay {
	/** Whether the kernel refuses its keys, so that the document is not encrypted. */
	readonly withoutKeys?: boolean;
	/** Whether each write is watched, and reported as `replaced`. */
	readonly isWatched?: boolean;
}

/** Whatever the machine says about proxies, trust and identities is not for these programs. */
const { PATH = "" } = process.env;

/** Programs that reach the emulator through its proxy, under the service's real name, on one cache. */
export function sharedCache(emulator: Emulator): SharedCache {
	const home = mkdtempSync(path.join(tmpdir(), "azidentity-interop-"));
	const name = `interop-${randomUUID()}`;
	const cacheHome = path.join(home, ".cache");
	mkdirSync(cacheHome);
	const encrypted = path.join(cacheHome, ".IdentityService", name);
	const unencrypted = path.join(home, ".IdentityService", `${name}.nocae`);
	const environment = {
		PATH,
		HOME: home,
		XDG_CACHE_HOME: cacheHome,
		HTTPS_PROXY: emulator.proxyUrl,
		SSL_CERT_FILE: emulator.caFile,
		REQUESTS_CA_BUNDLE: emulator.caFile,
		NODE_EXTRA_CA_CERTS: emulator.caFile,
		NODE_NO_WARNINGS: "1",
	};

	const jobOf = (job: Job) => ({ name, ...asWhom(emulator, job) });
	return {
		name,
		encrypted,
		unencrypted,
		go: (program, job, onSaid) =>
			run(program, [], environment, jobOf(job), onSaid),
		python(program, job, onSaid) {
			const script = path.join(import.meta.dirname, "python/get_tokens.py");
			const withFile = { ...jobOf(job), file: unencrypted };
			return run(program, [script], environment, withFile, onSaid);
		},
		ours(job, { withoutKeys = false, isWatched = false } = {}, onSaid) {
			const before = [
				...(withoutKeys ? ["refuse-keys.js"] : []),
				...(isWatched ? ["watch-renames.js"] : []),
			].flatMap((program) => ["--import", urlOf(program)]);
			const cache = { name, unsafeAllowUnencryptedStorage: withoutKeys };
			return run(
				process.execPath,
				[...before, programPath("get-tokens.js")],
				{ ...environment, WATCHED: withoutKeys ? unencrypted : encrypted },
				{ ...jobOf(job), cache },
				onSaid,
			);
		},
		remove() {
			rmSync(home, { recursive: true, force: true });
			removeKey(name);
			removeKey(`${name}.cae`);
		},
	};
}

/** The job with what the program has to show for itself. */
function asWhom(emulator: Emulator, job: Job) {
	const { apps, users, tenants } = emulator;
	const { alice } = users;
	const whose =
		job.as === "app"
			? { clientId: apps.daemon.clientId, secret: apps.daemon.secrets[0] }
			: {
					clientId: apps.native.clientId,
					username: alice.username,
					password: alice.password,
					homeAccountId: `${alice.id}.${alice.tenantId}`,
				};
	return { tenantId: tenants.contoso.id, ...whose, ...job };
}

function programPath(program: string): string {
	return path.join(import.meta.dirname, "programs", program);
}

function urlOf(program: string): string {
	return pathToFileURL(programPath(program)).href;
}

/** Tokens by scope. A program that got none for a scope has failed. */
export function tokensIn(said: readonly Said[]): Map<string, string> {
	const failures = said.flatMap(({ failed }) => failed ?? []);
	assert.deepEqual(failures, []);
	return new Map(
		said.flatMap(({ scope, token }): [string, string][] =>
			scope !== undefined && token !== undefined ? [[scope, token]] : [],
		),
	);
}

/** Runs a program and resolves to what it printed; rejects with its complaints when it fails. */
async function run(
	command: string,
	args: readonly string[],
	environment: Readonly<Record<string, string>>,
	job: object,
	onSaid?: () => void,
): Promise<Said[]> {
	const child = spawn(command, args, { env: environment });
	let complaints = "";
	child.stderr.setEncoding("utf8").on("data", (text) => {
		complaints += text;
	});
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	child.stdin.end(JSON.stringify(job));
	const said: Said[] = [];
	for await (const line of createInterface({ input: child.stdout })) {
		said.push(JSON.parse(line));
		onSaid?.();
	}
	const code = await ended;
	if (code === 0) return said;
	throw new Error(
		`${path.basename(command)} ended with ${code}: ${complaints}`,
	);
}
