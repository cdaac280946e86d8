import assert from "node:assert/strict";
import { inspect } from "node:util";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { afterEach, beforeEach, describe, test } from "vitest";
import { secretProof } from "../../src/entra/client-proof.ts";
import { entraClient } from "../../src/entra/entra-client.ts";
import { flushLog } from "../../src/foundation/log.ts";
import {
	CLIENT_ID,
	failureOf,
	GRANTED,
	SCOPE,
	type Scripted,
	ScriptedService,
	SECRET,
	TENANT,
	tokenRequest,
} from "./scripted-service.ts";

const TOKEN = "eyJhbGciOiJub25lIn0.eyJhcHBpZCI6InBsYW50ZWQifQ.plantedsignature";
const CLAIMS = '{"access_token":{"planted":{"value":"planted-claims"}}}';
const PLANTED = [
	SECRET,
	encodeURIComponent(SECRET),
	new URLSearchParams([["", SECRET]]).toString().slice(1),
	"planted",
];

let lines: string[];
let writeLog: typeof AzureLogger.log;

beforeEach(() => {
	lines = [];
	writeLog = AzureLogger.log;
	AzureLogger.log = (...args) => lines.push(inspect(args, { depth: 20 }));
	setLogLevel("verbose");
});

afterEach(() => {
	AzureLogger.log = writeLog;
	setLogLevel(undefined);
});

function assertNothingPlanted(text: string): void {
	for (const secret of PLANTED)
		assert.equal(text.includes(secret), false, `"${secret}" is in: ${text}`);
}

/** Every way in which an error gets onto a screen or into a file. */
function printed(error: unknown): string {
	const texts = [
		String(error),
		inspect(error, { depth: 20 }),
		JSON.stringify(error),
	];
	if (error instanceof Error)
		texts.push(
			error.message,
			error.stack ?? "",
			inspect(error, { depth: 20, showHidden: true }).replace(
				/claims\]: '[^\n]*/g,
				"",
			),
			error.cause ? printed(error.cause) : "",
		);
	return texts.join("\n");
}

const echo = (body: object): Scripted => ({
	status: 401,
	body: { error: "invalid_client", ...body },
});
const quoting = (extra = "") =>
	new Error(
		`could not send client_id=x&${new URLSearchParams({ client_secret: SECRET })}${extra}`,
	);

describe("neither the log nor the error shows the secret, the token or the claims", () => {
	for (const [what, scripted] of [
		[
			"a success",
			{
				body: { ...GRANTED, access_token: TOKEN, refresh_token: "planted-rt" },
			},
		],
		[
			"a token that cannot be used",
			{ body: { ...GRANTED, access_token: TOKEN, expires_in: 0 } },
		],
		["an answer that is cut off", { body: `{"access_token":"${TOKEN}` }],
		[
			"a refusal that quotes the secret",
			echo({ error_description: `AADSTS7000215: not ${SECRET}` }),
		],
		[
			"a refusal that quotes the form",
			echo({
				error_description: `client_secret=${encodeURIComponent(SECRET)}&x=1`,
			}),
		],
		[
			"a refusal that quotes a token",
			echo({
				error_description: `got ${TOKEN}`,
				trace_id: SECRET,
				error: SECRET,
			}),
		],
		["a refusal with claims", echo({ claims: CLAIMS })],
		[
			"a page that quotes the secret",
			{
				status: 502,
				headers: { "content-type": SECRET, "x-echo": SECRET },
				body: `<p>${SECRET}`,
			},
		],
		[
			"a redirect that carries the secret",
			{
				status: 302,
				headers: {
					location: `https://evil.test/?s=${encodeURIComponent(SECRET)}`,
				},
			},
		],
		[
			"a client that quotes the request",
			{ error: Object.assign(quoting(), { code: "ECONNRESET" }) },
		],
		[
			"a client that keeps the request",
			{
				error: Object.assign(new Error("no"), {
					code: "E",
					request: { body: SECRET },
				}),
			},
		],
		[
			"a client that fails with the secret as code",
			{ error: Object.assign(new Error("no"), { code: SECRET }) },
		],
		[
			"a client that has a cause",
			{ error: new Error("outer", { cause: quoting() }) },
		],
		["a client that throws no error", { error: `no error: ${SECRET}` }],
	] as const) {
		test(`after ${what}`, async () => {
			const script = [scripted, scripted, scripted, scripted];
			const service = new ScriptedService(...script);
			const options = service.options({
				loggingOptions: {
					allowLoggingAccountIdentifiers: false,
					enableUnsafeSupportLogging: true,
				},
				proxyOptions: {
					host: "http://127.0.0.1",
					port: 9,
					username: "u",
					password: "planted-password",
				},
				tlsOptions: { key: "planted-key", passphrase: "planted-passphrase" },
			});
			const client = entraClient("TestCredential", CLIENT_ID, options);
			const asked = client.requestToken(
				tokenRequest({ claims: CLAIMS, cae: true }),
				{ grant_type: "client_credentials" },
				secretProof(SECRET),
			);
			if (what !== "a success")
				assertNothingPlanted(printed(await failureOf(asked)));
			else assert.equal((await asked).token.token, TOKEN);
			await flushLog();
			assert.ok(
				lines.some((line) => line.includes("Request: ")),
				"the pipeline's log is on",
			);
			assertNothingPlanted(lines.join("\n"));
		});
	}

	test("the log names client, tenant and user of a token only for those who allow it", async () => {
		const token = `e30.${Buffer.from(JSON.stringify({ appid: CLIENT_ID, tid: TENANT, oid: "the-oid", secret: "planted" })).toString("base64url")}.x`;
		const logged = async (allowLoggingAccountIdentifiers: boolean) => {
			lines = [];
			const service = new ScriptedService({
				body: { ...GRANTED, access_token: token },
			});
			await service.requestToken(
				{},
				{ loggingOptions: { allowLoggingAccountIdentifiers } },
			);
			await flushLog();
			assertNothingPlanted(lines.join("\n"));
			return lines.join("\n").includes("the-oid");
		};
		assert.equal(await logged(true), true);
		assert.equal(await logged(false), false);
	});

	test("a retry says in the log what happened and how long it waits", async () => {
		const service = new ScriptedService({ status: 503 }, { body: GRANTED });
		await service.requestToken({ scopes: [SCOPE] });
		await flushLog();
		assert.ok(
			lines.some((line) =>
				/azure:identity:verbose TestCredential => attempt 1 failed \(status 503\); trying again in 1000 ms/.test(
					line,
				),
			),
		);
	});
});
