import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { InteractiveBrowserCredential } from "azidentity";
import { describe, test } from "vitest";
import {
	CLIENT_ID,
	failureOf,
	SCOPE,
	ScriptedService,
	TENANT,
} from "../entra/scripted-service.ts";
import { freed, send } from "../platform/door.ts";
import { portOf, stateOf } from "./browser-people.ts";

describe("a caller who leaves while the code is redeemed", () => {
	test("can ask again at once, although the application has only one port", async () => {
		const { port } = await freed();
		const service = new ScriptedService({ hangs: true }, { hangs: true });
		let opened = 0;
		const credential = new InteractiveBrowserCredential({
			httpClient: service.httpClient,
			clientId: CLIENT_ID,
			tenantId: TENANT,
			redirectUri: `http://localhost:${port}`,
			async openBrowser(address: string) {
				opened += 1;
				const url = new URL(address);
				const form = { code: "c", state: stateOf(url) };
				await send(portOf(url), { form });
			},
		});

		for (const count of [1, 2]) {
			const abort = new AbortController();
			const { signal: abortSignal } = abort;
			let isOver = false;
			const asking = failureOf(
				credential.getToken(SCOPE, { abortSignal }),
			).finally(() => {
				isOver = true;
			});
			while (service.seen.length < count && !isOver)
				await new Promise((resolve) => setImmediate(resolve));
			abort.abort();
			const failure = await asking;
			assert.equal(failure.name, "AbortError", failure.message);
			assert.equal(opened, count);
		}
	});
});

describe("a program whose sign-in came to nothing", () => {
	for (const [what, settings, env] of [
		["no browser opens", "{}", { BROWSER: "/bin/false" }],
		[
			"nobody signs in in time",
			"{ signInTimeout: 1 }",
			{ BROWSER: "/bin/true" },
		],
	] as const)
		test(`ends by itself: ${what}`, async (context) => {
			if (process.platform !== "linux") return context.skip("needs Linux");
			const { code, output } = await run(
				`import { InteractiveBrowserCredential } from "azidentity";
				const credential = new InteractiveBrowserCredential({ tenantId: "${TENANT}", ...${settings} });
				await credential.getToken("${SCOPE}").catch((error) => console.log(error.name));`,
				env,
			);
			assert.equal(code, 0, output);
			assert.match(output, /^(CredentialUnavailable|Authentication)Error\n$/);
		});
});

/** Runs a program on the built package, and ends it only when it does not end by itself. */
function run(program: string, env: Record<string, string>) {
	const child = spawn(
		process.execPath,
		["--input-type=module", "-e", program],
		{
			cwd: path.join(import.meta.dirname, "../.."),
			env: { PATH: process.env.PATH, ...env },
			timeout: 25_000,
		},
	);
	let output = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (chunk) => {
			output += chunk;
		});
	return new Promise<{ code: number | null; output: string }>((resolve) =>
		child.on("close", (code) => resolve({ code, output })),
	);
}
