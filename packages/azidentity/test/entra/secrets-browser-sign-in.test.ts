import assert from "node:assert/strict";
import { inspect } from "node:util";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { InteractiveBrowserCredential } from "azidentity";
import { afterEach, beforeEach, describe, test, vi } from "vitest";
import { flushLog } from "../../src/foundation/log.ts";
import { send } from "../platform/door.ts";
import {
	CLIENT_ID,
	failureOf,
	GRANTED,
	ScriptedService,
	TENANT,
} from "./scripted-service.ts";
import { CODE, REFRESH_TOKEN, type Story, told } from "./told.ts";

const CLAIMS = '{"access_token":{"planted":{"value":"planted-claims"}}}';

let lines: string[];
let writeLog: typeof AzureLogger.log;

beforeEach(() => {
	lines = [];
	writeLog = AzureLogger.log;
	AzureLogger.log = (...args) => lines.push(inspect(args, { depth: 20 }));
	for (const stream of [process.stdout, process.stderr])
		vi.spyOn(stream, "write").mockImplementation((text) => {
			lines.push(String(text));
			return true;
		});
	setLogLevel("verbose");
});

afterEach(() => {
	vi.restoreAllMocks();
	AzureLogger.log = writeLog;
	setLogLevel(undefined);
});

/** Every way in which a value gets onto a screen or into a file. */
function printed(value: unknown): string {
	const texts = [
		String(value),
		inspect(value, { depth: 20, showHidden: true }),
		JSON.stringify(value) ?? "",
	];
	if (value instanceof Error)
		texts.push(value.stack ?? "", printed(value.cause ?? ""));
	return texts.join("\n");
}

/** A service that repeats all it was sent. */
const REPEATS = (state: string) => ({
	error: "invalid_request",
	error_description: `state=${state}&code=${CODE}&client_info=planted-info`,
	client_info: "planted-info",
	code: CODE,
	state,
});

describe("nothing secret of a sign-in is in an error, a log line or on the screen", () => {
	const stories: Record<string, Story> = {
		"that went well": {},
		"with claims": { request: { claims: CLAIMS, cae: true } },
		"that the service refused, repeating all of it": { brings: REPEATS },
		"with two codes": {
			brings: (state) => [
				["code", CODE],
				["code", "planted-other"],
				["state", state],
			],
		},
		"of another issuer": {
			brings: (state) => ({ code: CODE, state, iss: "https://evil.example" }),
		},
		"for another nonce": { idToken: { nonce: "planted-nonce" } },
		"without an id token": { idToken: null },
		"whose code was refused": {
			answer: {
				status: 400,
				body: { error: "invalid_grant", error_description: CODE },
			},
		},
		"that ended in a page of a proxy": {
			answer: { status: 502, body: `<h1>${CODE}</h1>` },
		},
		"whose connection failed": {
			answer: { error: new Error(`connect, body code=${CODE}`) },
		},
	};
	for (const [what, story] of Object.entries(stories))
		test(what, async () => {
			const { failure, page, requests, url } = await told(story);
			await flushLog();

			const parameter = (name: string) => url?.searchParams.get(name);
			const secrets = [
				CODE,
				REFRESH_TOKEN,
				"planted",
				"the-token",
				parameter("state"),
				parameter("nonce"),
				requests[0]?.form.code_verifier,
			];
			const shown = [printed(failure), page?.text, ...lines].join("\n");
			for (const secret of secrets)
				if (secret) assert.equal(shown.includes(secret), false, shown);
		});

	test("and nothing of the person is in a credential that is printed", async () => {
		const service = new ScriptedService({ body: GRANTED });
		let address = new URL("http://localhost");
		const credential = new InteractiveBrowserCredential({
			...service.options(),
			clientId: CLIENT_ID,
			tenantId: TENANT,
			loginHint: "planted@contoso.test",
			setTimeout: () => 0,
			async openBrowser(url: string) {
				address = new URL(url);
				const { redirect_uri: back = "", state = "" } = Object.fromEntries(
					address.searchParams,
				);
				const { port } = new URL(back);
				await send(Number(port), { form: { code: CODE, state } });
			},
		});

		const failure = await failureOf(credential.getToken("s/.default"));
		await flushLog();

		const shown = [printed(credential), printed(failure), ...lines].join("\n");
		const state = address.searchParams.get("state") ?? "";
		assert.notEqual(state, "");
		for (const secret of [CODE, state, "planted"])
			assert.equal(shown.includes(secret), false, shown);
		assert.match(
			shown,
			/InteractiveBrowserCredential => getToken\(\) => ERROR/,
		);
	});
});
