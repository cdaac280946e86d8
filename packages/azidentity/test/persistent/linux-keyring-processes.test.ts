import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
	afterAll,
	afterEach,
	beforeAll,
	beforeEach,
	describe,
	test,
} from "vitest";
import { openJwe, sealJwe } from "../../src/stores/persistent/vaults/jwe.ts";
import { findKey, namesOfKeys, removeKey } from "./kernel-keys.ts";
import { needsKeyring } from "./needs-keyring.ts";
import {
	askVault,
	bundledVault,
	inSession,
	needs,
	refusing,
} from "./vault-program.ts";

needsKeyring();

const TEXT = '{"AccessToken":{}}';
/** Of linux/keyctl.h. */
const LINK = 8;
const PROCESS_KEYRING = -2;
const SEARCH = 10;
const GET_PERSISTENT = 22;
/** What a kernel without persistent keyrings answers, and what one whose keys have expired does. */
const EOPNOTSUPP = 95;
const EKEYEXPIRED = 127;
const EDQUOT = 122;

let bundle: Awaited<ReturnType<typeof bundledVault>>;
let name: string;
beforeAll(async () => {
	bundle = await bundledVault();
});
afterAll(() => bundle.remove());
beforeEach(() => {
	name = `azidentity-test-${randomUUID()}`;
});
afterEach(() => removeKey(name));

const ask = (asks: readonly string[], starter?: readonly string[]) =>
	askVault(bundle.file, name, asks, starter);

describe.runIf(process.platform === "linux")("refused by the kernel", () => {
	beforeEach((context) => {
		needs(context, "python3");
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

	test("a keyring of the process's own, as when the quota is used up: the session's serves", (context) => {
		needs(context, "keyctl");
		const rule = `keyctl:${LINK}:${PROCESS_KEYRING}=${EDQUOT}`;
		const full = inSession('exec "$@"', refusing(rule));
		const [sealed] = ask([`seal ${TEXT}`], full);
		assert.deepEqual(ask([`open ${sealed?.sealed}`]), [{ text: TEXT }]);
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
		needs(context, "keyctl");
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
		const loggedOut = inSession('keyctl revoke @s; exec "$@"');
		const [checked, opened, again] = ask(
			["check", `open ${sealed?.sealed}`, `seal ${TEXT}`],
			loggedOut,
		);
		assert.deepEqual(checked, { checked: true });
		assert.deepEqual(opened, { text: TEXT });
		assert.deepEqual(ask([`open ${again?.sealed}`]), [{ text: TEXT }]);
		assert.deepEqual(findKey(name), before);
	});

	test("sees the session as it was: the keys of the user are not linked to it", () => {
		const list = path.join(tmpdir(), name);
		try {
			const [sealed] = ask(
				[`seal ${TEXT}`],
				inSession(`"$@"; keyctl rlist @s >${list}`),
			);
			assert.equal(readFileSync(list, "utf8").trim(), "");
			assert.deepEqual(ask([`open ${sealed?.sealed}`]), [{ text: TEXT }]);
		} finally {
			rmSync(list);
		}
	});
});

test.runIf(process.platform === "linux")(
	"without the native code of koffi the error says so",
	() => {
		const elsewhere = mkdtempSync(path.join(tmpdir(), "azidentity-"));
		try {
			const alone = path.join(elsewhere, "vault.mjs");
			copyFileSync(bundle.file, alone);
			const [checked] = askVault(alone, name, ["check"]);
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
