import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, test } from "vitest";
import {
	emulatedEntra,
	STORAGE,
	VAULT,
} from "../credentials/emulated-entra.ts";
import { needsKeyring } from "./needs-keyring.ts";
import { getTokens, newCache, type Program } from "./programs.ts";
import { needs, refusing } from "./vault-program.ts";

needsKeyring();

const entra = emulatedEntra();
let cache: ReturnType<typeof newCache>;
beforeEach(() => {
	cache = newCache();
});
afterEach(() => cache.remove());

const scopesOf = (program: number, count: number) =>
	Array.from(
		{ length: count },
		(_, index) => `https://resource-${program}-${index}.example/.default`,
	);
const asModule = (code: string) =>
	`data:text/javascript,${encodeURIComponent(code)}`;
/** For programs that wait for each other however busy the machine is: where others lose patience after 5 s, they do after 2 min. */
const PATIENT = {
	args: [
		"--import",
		asModule(
			"const { setTimeout } = globalThis; globalThis.setTimeout = (work, ms, ...rest) => setTimeout(work, ms === 5_000 ? 120_000 : ms, ...rest);",
		),
	],
};
const tokensOf = (program: Program) =>
	program.said.flatMap(({ token }) => token ?? []);

describe("A token outlives its process", () => {
	test("with the authority switched off, the next process has it, and the file shows no token", async () => {
		const first = getTokens(entra.emulator, cache, [VAULT]);
		await first.ended;
		const [token] = tokensOf(first);
		assert.ok(token);

		await entra.emulator.suspend();
		try {
			const second = getTokens(entra.emulator, cache, [VAULT]);
			await second.ended;
			assert.deepEqual(tokensOf(second), [token]);
		} finally {
			await entra.emulator.resume();
		}
		assert.equal((await entra.tokenRequests()).length, 1);

		const files = readdirSync(cache.directory);
		assert.deepEqual(files, [cache.name, `${cache.name}.leases`]);
		const stored = readFileSync(path.join(cache.directory, cache.name), "utf8");
		for (const part of token.split(".").slice(0, 2))
			assert.ok(!stored.includes(part));
		assert.ok(!stored.includes("AccessToken"));
	});

	test("without the HTTP stack being loaded", async () => {
		await getTokens(entra.emulator, cache, [VAULT]).ended;
		const hooks =
			"export async function resolve(name, context, next) { if (name.includes('core-rest-pipeline')) throw new Error('the HTTP stack was loaded'); return next(name, context); }";
		const register = `import { register } from "node:module"; register(${JSON.stringify(asModule(hooks))});`;
		const second = getTokens(entra.emulator, cache, [VAULT], {
			args: ["--no-deprecation", "--import", asModule(register)],
		});
		await second.ended;
		assert.equal(tokensOf(second).length, 1, JSON.stringify(second.said));
	});
});

describe("Where the kernel keeps no keys, as in many containers", () => {
	beforeEach((context) => {
		needs(context, "python3");
	});
	const starter = refusing("add_key=1", "keyctl=1");

	test("the call is rejected with what is missing and what to do, and nothing is on disk", async () => {
		const program = getTokens(entra.emulator, cache, [VAULT], { starter });
		await program.ended;
		const [{ failed, message = "" } = {}] = program.said;
		assert.equal(failed, "CredentialUnavailableError");
		assert.match(message, /unsafeAllowUnencryptedStorage/);
		assert.deepEqual(readdirSync(cache.directory), []);
		assert.equal((await entra.tokenRequests()).length, 0);
	});

	test("a plain file serves those who allow it by name, for the user alone, with one warning", async () => {
		const allowed = { ...cache, unsafeAllowUnencryptedStorage: true };
		const run = async (scopes: string[]) => {
			const options = { starter, logLevel: "warning" };
			const program = getTokens(entra.emulator, allowed, scopes, options);
			await program.ended;
			return program;
		};
		const first = await run([VAULT, STORAGE]);
		const second = await run([VAULT, STORAGE]);
		assert.equal(tokensOf(first).length, 2, JSON.stringify(first.said));
		assert.deepEqual(tokensOf(second), tokensOf(first));
		assert.equal((await entra.tokenRequests()).length, 2);
		assert.equal(first.log().match(/unencrypted/g)?.length, 1);

		const directory = path.join(cache.directory, "unencrypted");
		const file = path.join(directory, `${cache.name}.nocae`);
		assert.equal(statSync(directory).mode & 0o777, 0o700);
		assert.equal(statSync(file).mode & 0o777, 0o600);
	});
});

test("32 processes that need the same token at the same moment make one request", async () => {
	const programs = Array.from({ length: 32 }, () =>
		getTokens(entra.emulator, cache, [VAULT], PATIENT),
	);
	await Promise.all(programs.map(({ ended }) => ended));
	const tokens = programs.flatMap(tokensOf);
	assert.equal(
		tokens.length,
		32,
		JSON.stringify(
			programs.flatMap(({ said }) => said.filter(({ failed }) => failed)),
		),
	);
	assert.equal(new Set(tokens).size, 1);
	assert.equal((await entra.tokenRequests()).length, 1);
});

test("8 processes that fill one cache with 20 tokens each, and are killed at random, lose none that a caller had", async () => {
	const kills = 6;
	const programs: Program[] = [];
	for (let index = 0; index < 8; index += 1)
		programs.push(
			getTokens(entra.emulator, cache, scopesOf(index, 20), PATIENT),
		);
	// Each one that is to be killed is killed after another number of tokens, wherever it then is.
	const killing = programs.slice(0, kills).map(
		({ child, ended, said }, index) =>
			new Promise<void>((resolve) => {
				child.stdout?.on("data", () => {
					if (said.length >= 3 * (index + 1)) child.kill("SIGKILL");
				});
				ended.finally(resolve);
			}),
	);
	await Promise.all([...killing, ...programs.map(({ ended }) => ended)]);
	const signals = await Promise.all(programs.map(({ ended }) => ended));
	assert.ok(signals.filter((signal) => signal === "SIGKILL").length >= 4);

	const had = new Map(
		programs.flatMap(({ said }) =>
			said.flatMap(({ scope, token }): [string, string][] =>
				scope !== undefined && token !== undefined ? [[scope, token]] : [],
			),
		),
	);
	assert.ok(had.size >= 40, `${had.size}`);
	await entra.emulator.suspend();
	try {
		const reader = getTokens(entra.emulator, cache, [...had.keys()], {
			maxRetries: 0,
		});
		await reader.ended;
		const lost = reader.said.filter(
			({ scope, token }) => scope !== undefined && had.get(scope) !== token,
		);
		assert.deepEqual(lost, []);
	} finally {
		await entra.emulator.resume();
	}
});
