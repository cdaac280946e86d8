import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import {
	afterAll,
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	type TestContext,
	test,
} from "vitest";
import { openJwe, sealJwe } from "../../src/stores/persistent/vaults/jwe.ts";
import { findKey, namesOfKeys, removeKey } from "./kernel-keys.ts";

const TEXT = '{"AccessToken":{}}';
const ROOT = path.join(import.meta.dirname, "../../../..");
const PROGRAM = path.join(import.meta.dirname, "programs/keyring-vault.mjs");
const REFUSE = path.join(import.meta.dirname, "programs/refuse-calls.py");

/** Of linux/keyctl.h. */
const SEARCH = 10;
const GET_PERSISTENT = 22;
/** What a kernel without persistent keyrings answers, and what one whose keys have expired does. */
const EOPNOTSUPP = 95;
const EKEYEXPIRED = 127;

interface Answer {
	readonly checked?: boolean;
	readonly sealed?: string;
	readonly text?: string;
	readonly failed?: { name: string; message: string; cannotOpen?: boolean };
}

/** The vault as programs run it: one file, beside which packages are found. */
let bundle: string;
let name: string;
beforeAll(async () => {
	const cache = path.join(ROOT, "node_modules/.cache/azidentity");
	bundle = path.join(cache, `keyring-${randomUUID()}.mjs`);
	const source = "src/stores/persistent/vaults/linux-keyring.ts";
	await build({
		entryPoints: [path.join(import.meta.dirname, "../..", source)],
		outfile: bundle,
		bundle: true,
		packages: "external",
		platform: "node",
		format: "esm",
	});
});
afterAll(() => rmSync(bundle));
beforeEach(() => {
	name = `azidentity-test-${randomUUID()}`;
});
afterEach(() => removeKey(name));

/** What a process of its own answers, started by `starter` in place of directly. */
function ask(
	asks: readonly string[],
	starter: readonly string[] = [],
	module_ = bundle,
): Answer[] {
	const line = [...starter, process.execPath, PROGRAM, module_, name, ...asks];
	const [command = "", ...args] = line;
	return JSON.parse(execFileSync(command, args, { encoding: "utf8" }));
}

/** A starter whose programs meet a kernel that refuses these calls. */
const refusing = (...rules: string[]) => [python, REFUSE, ...rules, "--"];

const python = "python3";
const has = (command: string, ...args: string[]) =>
	spawnSync(command, args).status === 0;
const needs = (context: TestContext, is: boolean, what: string) =>
	is || context.skip(`install ${what} to run this`);
const hasPython = has(python, "--version");
const hasKeyctl = has("keyctl", "--version");

describe.runIf(process.platform === "linux")("refused by the kernel", () => {
	beforeEach((context) => {
		needs(context, hasPython, "python3");
	});

	test.each([
		["all of it, as in a container", 1, /EPERM.*seccomp profile/],
		["all of it, as a kernel without keys", 38, /ENOSYS.*CONFIG_KEYS/],
		["all of it, as a security module does", 13, /\(EACCES\).*SELinux/],
	])(
		"%s: whatever is asked fails with an error that says so and what to do",
		(_, errno, message) => {
			const refused = refusing(`add_key=${errno}`, `keyctl=${errno}`);
			const answers = ask(["check", `seal ${TEXT}`, "open e30="], refused);
			assert.equal(answers.length, 3);
			for (const { failed } of answers) {
				assert.equal(failed?.name, "CredentialUnavailableError");
				assert.equal(failed.cannotOpen, true);
				assert.match(failed.message, message);
				assert.match(failed.message, /unsafeAllowUnencryptedStorage/);
			}
		},
	);

	test.each([
		["no more keys, as when the quota is used up", 122, /EDQUOT.*maxkeys/],
		["no new keys, as a profile that forbids add_key", 1, /EPERM/],
	])(
		"%s: a check fails, and so does a seal, with what to do",
		(_, errno, message) => {
			const answers = ask(
				["check", `seal ${TEXT}`],
				refusing(`add_key=${errno}`),
			);
			assert.equal(answers.length, 2);
			for (const { failed } of answers) {
				assert.equal(failed?.cannotOpen, true);
				assert.match(failed.message, message);
			}
			assert.equal(findKey(name), undefined);
		},
	);

	test("no more keys, where there is one already: it serves", () => {
		const [sealed] = ask([`seal ${TEXT}`]);
		const asks = ["check", `open ${sealed?.sealed}`, `seal ${TEXT}`];
		const [checked, opened, again] = ask(asks, refusing("add_key=122"));
		assert.deepEqual(checked, { checked: true });
		assert.deepEqual(opened, { text: TEXT });
		assert.deepEqual(ask([`open ${again?.sealed}`]), [{ text: TEXT }]);
	});

	test("for a moment only, as without memory: the error does not say that it cannot be opened", () => {
		const [checked] = ask(["check"], refusing("keyctl=12"));
		assert.match(checked?.failed?.message ?? "", /error 12/);
		assert.equal(checked?.failed?.cannotOpen, undefined);
	});

	test("persistent keyrings only: the key is in the user's own", () => {
		const without = refusing(`keyctl:${GET_PERSISTENT}=${EOPNOTSUPP}`);
		const [checked, sealed] = ask(["check", `seal ${TEXT}`], without);
		assert.deepEqual(checked, { checked: true });
		const user = -4;
		assert.ok([...namesOfKeys(user).values()].includes(name));
		assert.ok(![...namesOfKeys().values()].includes(name));
		assert.deepEqual(ask([`open ${sealed?.sealed}`], without), [
			{ text: TEXT },
		]);
	});

	test("a key that has expired: there is none, and a new one is made", () => {
		const [sealed] = ask([`seal ${TEXT}`]);
		const before = findKey(name);
		const [opened, again] = ask(
			[`open ${sealed?.sealed}`, `seal ${TEXT}`],
			refusing(`keyctl:${SEARCH}=${EKEYEXPIRED}`),
		);
		assert.deepEqual(opened, {});
		assert.deepEqual(ask([`open ${again?.sealed}`]), [{ text: TEXT }]);
		assert.notDeepEqual(findKey(name)?.payload, before?.payload);
	});
});

describe.runIf(process.platform === "linux")("the keyctl utility", () => {
	beforeEach((context) => {
		needs(context, hasKeyctl, "keyutils");
	});

	/** Runs the utility where the user's keys are reachable, as they are for a program of Go. */
	const keyctl = (script: string, input?: Buffer) =>
		execFileSync(
			"keyctl",
			["session", "-", "sh", "-c", `keyctl link @u @s; ${script}`],
			{
				input,
				env: { ...process.env, NAME: name },
				stdio: ["pipe", "pipe", "ignore"],
			},
		);
	const ring = "ring=$(keyctl get_persistent @u)";
	const find = `${ring}; key=$(keyctl search "$ring" user "$NAME")`;

	test("reads the key that we made", () => {
		const [sealed] = ask([`seal ${TEXT}`]);
		const payload = keyctl(`${find}; keyctl pipe "$key"`);
		assert.equal(payload.length, 33);
		const bytes = Buffer.from(sealed?.sealed ?? "", "base64");
		assert.equal(openJwe(bytes, payload.subarray(0, 32)), TEXT);
	});

	test("makes a key that we read", () => {
		const key = randomBytes(32);
		const payload = Buffer.concat([key, Buffer.alloc(1)]);
		keyctl(`${ring}; keyctl padd user "$NAME" "$ring"`, payload);
		const sealed = sealJwe(TEXT, key, "1").toString("base64");
		assert.deepEqual(ask([`open ${sealed}`]), [{ text: TEXT }]);
	});

	test("revokes the key: there is none, and a new one is made", () => {
		const [sealed] = ask([`seal ${TEXT}`]);
		keyctl(`${find}; keyctl revoke "$key"`);
		const [opened, again] = ask([`open ${sealed?.sealed}`, `seal ${TEXT}`]);
		assert.deepEqual(opened, {});
		assert.deepEqual(ask([`open ${again?.sealed}`]), [{ text: TEXT }]);
	});

	test("revokes the session, as a logout does: what goes on running reaches the key as before", () => {
		const [sealed] = ask([`seal ${TEXT}`]);
		const before = findKey(name);
		const loggedOut = [
			"keyctl",
			"session",
			"-",
			"sh",
			"-c",
			'keyctl revoke @s; exec "$@"',
			"sh",
		];
		const [checked, opened, again] = ask(
			["check", `open ${sealed?.sealed}`, `seal ${TEXT}`],
			loggedOut,
		);
		assert.deepEqual(checked, { checked: true });
		assert.deepEqual(opened, { text: TEXT });
		assert.deepEqual(ask([`open ${again?.sealed}`]), [{ text: TEXT }]);
		assert.deepEqual(findKey(name), before);
	});
});

test.runIf(process.platform === "linux")(
	"without the native code of koffi the error says so",
	() => {
		const elsewhere = mkdtempSync(path.join(tmpdir(), "azidentity-"));
		try {
			const alone = path.join(elsewhere, "vault.mjs");
			copyFileSync(bundle, alone);
			const [checked] = ask(["check"], [], alone);
			assert.equal(checked?.failed?.cannotOpen, true);
			assert.match(
				checked.failed.message,
				/koffi could not be loaded.*unsafeAllowUnencryptedStorage/,
			);
		} finally {
			rmSync(elsewhere, { recursive: true });
		}
	},
);
