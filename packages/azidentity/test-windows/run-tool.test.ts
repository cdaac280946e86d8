import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { AzureCliCredential } from "../src/credentials/azure-cli-credential.ts";
import { runTool } from "../src/platform/run-tool.ts";

let folder: string;
const before = process.env.PATH;

beforeEach(() => {
	folder = fs.mkdtempSync(path.resolve("tools & (x86) "));
	process.env.PATH = folder;
});
afterEach(() => {
	process.env.PATH = before;
});

/** A batch file in the only directory of PATH. */
function batch(name: string, ...lines: string[]): void {
	fs.writeFileSync(
		path.join(folder, name),
		["@echo off", ...lines].join("\r\n"),
	);
}

const run = (args: string[]) =>
	runTool({
		names: ["tool.exe", "tool.cmd"],
		args,
		timeout: 60_000,
		abortSignal: new AbortController().signal,
	});

test("a batch file gets its arguments, blanks included, and its exit code comes back", async () => {
	batch("tool.cmd", "echo %~1/%~2", "echo err 1>&2", "exit /b 3");
	const outcome = await run(["one", "a b"]);
	assert.equal(outcome.ended, "exited");
	assert.ok(outcome.ended === "exited");
	assert.equal(outcome.code, 3);
	assert.equal(outcome.stdout.trim(), "one/a b");
	assert.equal(outcome.stderr.trim(), "err");
});

test("an argument that the command interpreter would read is refused, and nothing is started", async () => {
	batch("tool.cmd", "echo started > started.txt");
	for (const argument of ["%PATH%", 'a" & echo b', "a|b", "^"])
		await assert.rejects(run([argument]), TypeError);
	assert.ok(!fs.existsSync("started.txt"));
});

test("the Azure CLI, which is a batch file on Windows, gives its token", async () => {
	batch(
		"az.cmd",
		'echo {"accessToken":"the token","expires_on":4000000000,"asked":"%~6"}',
	);
	const credential = new AzureCliCredential({
		subscription: "My Subscription",
	});
	const { token } = await credential.getToken(
		"https://vault.azure.net/.default",
	);
	assert.equal(token, "the token");
});

test("a tool that is not there is said to be missing", async () => {
	assert.deepEqual(await run([]), { ended: "not-found" });
});
