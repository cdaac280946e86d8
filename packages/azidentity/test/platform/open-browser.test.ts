import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { afterEach, describe, test, vi } from "vitest";
import { CredentialUnavailableError } from "../../src/errors.ts";
import { isHeadless, openBrowser } from "../../src/platform/open-browser.ts";
import { failureOf } from "../entra/scripted-service.ts";

const URL_SHOWN =
	"https://login.example/authorize?state=planted&login_hint=alice";

describe("on Linux, through the system's own opener", () => {
	let folder: string | undefined;
	afterEach(async () => {
		vi.unstubAllEnvs();
		if (folder !== undefined) await rm(folder, { recursive: true });
		folder = undefined;
	});

	/** Makes this script the person's browser. */
	async function chosenBrowser(script: string): Promise<string> {
		folder = await mkdtemp(path.join(tmpdir(), "browser-"));
		const file = path.join(folder, "browser.sh");
		await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
		vi.stubEnv("DISPLAY", "");
		vi.stubEnv("WAYLAND_DISPLAY", "");
		vi.stubEnv("XDG_CURRENT_DESKTOP", "");
		vi.stubEnv("BROWSER", file);
		return folder;
	}

	test("the person's browser gets the address, whole", async (context) => {
		if (process.platform !== "linux") return context.skip("needs Linux");
		const home = await chosenBrowser(`printf %s "$1" > "\${0%/*}/shown"`);

		await openBrowser("TestCredential", URL_SHOWN);

		assert.equal(await readFile(path.join(home, "shown"), "utf8"), URL_SHOWN);
	});

	test("a browser that does not start is an error that points to the device flow, and keeps the address to itself", async (context) => {
		if (process.platform !== "linux") return context.skip("needs Linux");
		await chosenBrowser("exit 1");

		const failure = await failureOf(openBrowser("TestCredential", URL_SHOWN));

		assert.ok(failure instanceof CredentialUnavailableError);
		assert.match(
			failure.message,
			/^TestCredential: no browser could be opened: .* code 3\. .*DeviceCodeCredential/,
		);
		assert.doesNotMatch(inspect(failure, { depth: 9 }), /planted|alice/);
	});

	test("without a display it is said at once, and nothing is started", async (context) => {
		if (process.platform !== "linux") return context.skip("needs Linux");
		const home = await chosenBrowser(`touch "\${0%/*}/shown"`);
		vi.stubEnv("BROWSER", "");
		vi.stubEnv("WSL_DISTRO_NAME", "");
		vi.stubEnv("PATH", home);

		const failure = await failureOf(openBrowser("TestCredential", URL_SHOWN));

		assert.ok(failure instanceof CredentialUnavailableError);
		assert.match(failure.message, /no display \(DISPLAY.*DeviceCodeCredential/);
	});
});

describe("whether there is a display", () => {
	const cases: [NodeJS.Platform, Record<string, string>, boolean][] = [
		["linux", {}, true],
		["freebsd", {}, true],
		["linux", { DISPLAY: "" }, true],
		["linux", { DISPLAY: ":0" }, false],
		["linux", { WAYLAND_DISPLAY: "wayland-0" }, false],
		["linux", { BROWSER: "/usr/bin/my-browser" }, false],
		["linux", { WSL_DISTRO_NAME: "Debian" }, false],
		["darwin", {}, false],
		["win32", {}, false],
	];
	for (const [platform, env, expected] of cases)
		test(`${platform} ${JSON.stringify(env)}: ${expected ? "no" : "yes"}`, () => {
			assert.equal(isHeadless(platform, env), expected);
		});
});

describe("a way to open one that the program brings", () => {
	test("that fails is the same error, and what it says of the address is cut out", async () => {
		const failure = await failureOf(
			openBrowser("TestCredential", URL_SHOWN, async (url) => {
				throw Object.assign(new Error(`cannot open ${url}`), {
					spawnargs: [url],
				});
			}),
		);
		assert.ok(failure instanceof CredentialUnavailableError);
		assert.match(failure.message, /cannot open \[redacted\]/);
		assert.doesNotMatch(inspect(failure, { depth: 9 }), /planted|alice/);
	});
});
