import assert from "node:assert/strict";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import {
	assertShowsNone,
	capturedLog,
	printed,
} from "../credentials/planted-secrets.ts";
import { arcAgent, challenge } from "./arc-agent.ts";
import {
	type Answer,
	type AzureHost,
	environment,
	failureOf,
	VAULT,
	type Variables,
} from "./azure-host.ts";

const agent = arcAgent();
const logged = capturedLog();

const SECRET = "planted~secret.Value+with/odd=chars&more";
const TOKEN = "planted-token-that-is-no-jwt-0123456789";
const JWT = "eyJhbGciOiJub25lIn0.eyJhcHBpZCI6InBsYW50ZWQifQ.plantedsignature";
// Its beginning alone says too much.
const PLANTED = [SECRET.slice(0, 8), encodeURIComponent(SECRET), TOKEN, JWT];

/** IMDS is shown no secret, so a text that looks like none means nothing to it. */
const plantedAt = (name: string) => (name === "IMDS" ? [TOKEN, JWT] : PLANTED);

const HOSTS: [string, (url: string) => Variables][] = [
	[
		"App Service",
		(url) => ({ IDENTITY_ENDPOINT: url, IDENTITY_HEADER: SECRET }),
	],
	[
		"Azure Machine Learning",
		(url) => ({ MSI_ENDPOINT: url, MSI_SECRET: SECRET }),
	],
	["Azure Arc", (url) => ({ IDENTITY_ENDPOINT: url, IMDS_ENDPOINT: url })],
	["IMDS", (url) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: url })],
];

/** What may come back that holds what nobody may read. */
const ANSWERS: [string, Answer][] = [
	["a success", { body: { access_token: TOKEN, expires_in: 3_600 } }],
	["a token without an end", { body: { access_token: TOKEN } }],
	["a token in half a document", { body: `{"access_token":"${TOKEN}` }],
	[
		"a refusal that quotes the secret",
		{ status: 401, body: { message: `wrong: ${SECRET}` } },
	],
	[
		"a refusal whose code is the secret",
		{ status: 401, body: { error: SECRET, error_description: JWT } },
	],
	[
		"a nested refusal that quotes it",
		{ status: 400, body: { error: { code: SECRET, message: SECRET } } },
	],
	[
		"a page that quotes it where it is cut off",
		{ status: 400, body: `${"x".repeat(990)}${SECRET}` },
	],
	["a page that quotes it", { status: 502, body: `<p>${SECRET} ${JWT}</p>` }],
	[
		"an error beside a token",
		{ status: 500, body: { access_token: TOKEN, x: { access_token: TOKEN } } },
	],
	[
		"a redirect that carries it",
		{ status: 302, headers: { location: `/?s=${encodeURIComponent(SECRET)}` } },
	],
	["a connection that breaks", (response) => response.destroy()],
];

/** One call, whatever comes of it: the token, or the error as it can be printed. */
async function outcomeOf(host: AzureHost, options = {}): Promise<string> {
	const credential = agent.credential({
		retryOptions: { maxRetries: 1 },
		loggingOptions: { enableUnsafeSupportLogging: true },
		...options,
	});
	try {
		assert.equal((await credential.getToken(VAULT)).token, TOKEN);
		return printed(credential);
	} catch (error) {
		return printed(error) + printed(credential);
	} finally {
		assert.ok(host.seen.length > 0);
	}
}

describe.each(HOSTS)(
	"On %s neither the log nor an error shows a secret or a token",
	(name, variables) => {
		test.each(ANSWERS)("after %s", async (_, answer) => {
			const { host } = agent;
			for (const each of ["IDENTITY_ENDPOINT", "IMDS_ENDPOINT"])
				delete process.env[each];
			environment(variables(host.url));
			if (name === "Azure Arc") {
				const file = agent.keyFile(SECRET);
				host.answers(challenge(`Basic realm=${file}`));
			}
			host.answers(answer, answer);
			const shown = await outcomeOf(host);
			const log = await logged();
			assert.ok(log.includes("Request: "), "the pipeline's log is on");
			assertShowsNone(plantedAt(name), shown + log);
		});

		test("after a client that quotes the request", async () => {
			const { host } = agent;
			for (const each of ["IDENTITY_ENDPOINT", "IMDS_ENDPOINT"])
				delete process.env[each];
			environment(variables(host.url));
			if (name === "Azure Arc") return; // its key needs a real answer first
			const httpClient = {
				sendRequest: (request: { headers: Iterable<[string, string]> }) => {
					const text = JSON.stringify([...request.headers]);
					return Promise.reject(
						Object.assign(new Error(`could not send ${text}`), {
							code: SECRET,
						}),
					);
				},
			};
			const error = await failureOf(
				agent.credential({ httpClient } as object).getToken(VAULT),
			);
			assertShowsNone(plantedAt(name), printed(error) + (await logged()));
		});
	},
);

test("what is in a key file that is no key stays there", async () => {
	const file = agent.keyFile(`${TOKEN}\n${SECRET}`);
	agent.host.answers(challenge(`Basic realm=${file}`));
	const error = await failureOf(agent.credential().getToken(VAULT));
	assert.ok(error instanceof AuthenticationError);
	assertShowsNone(PLANTED, printed(error) + (await logged()));
});
