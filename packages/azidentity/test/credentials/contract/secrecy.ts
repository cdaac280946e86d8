import assert from "node:assert/strict";
import type {
	PipelinePolicy,
	PipelineRequest,
	PipelineResponse,
} from "@azure/core-rest-pipeline";
import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { type AzureLogLevel, setLogLevel } from "@azure/logger";
import { describe, test } from "vitest";
import { VAULT } from "../emulated-entra.ts";
import { assertShowsNone, capturedLog, printed } from "../planted-secrets.ts";
import type { Contract } from "../service-credential-contract.ts";

/** What is secret in the form of a request, and in the document of an answer. */
const SENT = [
	"client_secret",
	"client_assertion",
	"assertion",
	"refresh_token",
	"claims",
];
const RECEIVED = ["access_token", "refresh_token", "id_token", "client_info"];

const CLAIMS = '{"access_token":{"planted":{"value":"PLANTED-CLAIMS"}}}';
const LEVELS: AzureLogLevel[] = ["verbose", "info", "warning", "error"];

/** What stands in the service's place: it gives the request's own words back. */
type Quote = (request: PipelineRequest) => Partial<PipelineResponse>;

const json = (status: number, body: object): Partial<PipelineResponse> => ({
	status,
	headers: createHttpHeaders({ "content-type": "application/json" }),
	bodyAsText: JSON.stringify(body),
});
const QUOTES: [string, Quote][] = [
	[
		"a refusal that quotes the form",
		({ body }) =>
			json(400, { error: "invalid_client", error_description: `${body}` }),
	],
	[
		"a refusal that quotes each value, in every field",
		({ body }) => {
			const values = [...new URLSearchParams(`${body}`).values()].join(" ");
			const named = { error: values, suberror: values, trace_id: values };
			return json(401, { ...named, error_description: values });
		},
	],
	["a refusal with claims", () => json(400, { error: "x", claims: CLAIMS })],
	[
		"a page that quotes the form",
		({ body }) => ({
			status: 502,
			bodyAsText: `<p>${body}`,
			headers: createHttpHeaders({
				"content-type": `text/${body}`,
				"x-echo": `${body}`,
			}),
		}),
	],
	[
		"a redirect that carries the form",
		({ body }) => ({
			status: 302,
			headers: createHttpHeaders({ location: `https://evil.test/?${body}` }),
		}),
	],
	[
		"a token that cannot be used",
		({ body }) =>
			json(200, {
				access_token: new URLSearchParams(`${body}`).get("claims"),
				expires_in: 0,
			}),
	],
	[
		"a connection whose error holds the request",
		(request) => {
			throw Object.assign(new Error(`could not send ${request.body}`), {
				code: "ECONNRESET",
				request,
				cause: new Error(`${request.body}`),
			});
		},
	],
];

/** Sees what is sent and received, and answers in the service's place when it has a quote. */
function witness(quote?: Quote) {
	const secrets = new Set<string>();
	const policy: PipelinePolicy = {
		name: "witness",
		async sendRequest(request, next) {
			const form = new URLSearchParams(String(request.body ?? ""));
			for (const name of SENT) {
				const value = form.get(name);
				// A secret in a form, and as it stands there encoded.
				if (value) secrets.add(value).add(encodeURIComponent(value));
			}
			if (quote !== undefined && form.has("grant_type"))
				return { request, ...quote(request) } as PipelineResponse;
			const answer = await next(request);
			const document = JSON.parse(answer.bodyAsText || "{}");
			for (const name of RECEIVED)
				if (document[name]) secrets.add(document[name]);
			return answer;
		},
	};
	return { secrets, policy };
}

/** No log line, error or inspection shows a secret, a token, an assertion or claims. */
export function secrecy({ make, name }: Contract): void {
	const logged = capturedLog();
	const watched = (quote?: Quote) => {
		const { policy, secrets } = witness(quote);
		const credential = make({
			additionalPolicies: [{ policy, position: "perRetry" }],
			retryOptions: { maxRetries: 1, retryDelayInMs: 1 },
			loggingOptions: { enableUnsafeSupportLogging: true },
		});
		return { credential, secrets };
	};

	test.each(LEVELS)(
		"a success and a challenge show nothing, with the log at %s",
		async (level) => {
			setLogLevel(level);
			const { credential, secrets } = watched();
			await credential.getToken(VAULT, { enableCae: true });
			await credential.getToken(VAULT, { claims: CLAIMS });
			assert.ok(secrets.size >= 3);
			const log = await logged();
			if (level === "verbose" || level === "info")
				assert.match(log, new RegExp(`${name} => getToken\\(\\) => SUCCESS`));
			assertShowsNone([...secrets, "PLANTED"], log);
			assertShowsNone([...secrets, "PLANTED"], printed(credential));
		},
	);

	describe("a failure shows nothing, at any level of the log", () => {
		test.each(QUOTES)("%s", async (_, quote) => {
			for (const level of LEVELS) {
				setLogLevel(level);
				const { credential, secrets } = watched(quote);
				const error: unknown = await credential
					.getToken(VAULT, { claims: CLAIMS, enableCae: true })
					.then(
						() => assert.fail("it should have failed"),
						(reason) => reason,
					);
				assert.ok(secrets.size >= 2);
				assertShowsNone([...secrets, "PLANTED"], withoutClaims(error));
				assertShowsNone([...secrets, "PLANTED"], await logged());
				assertShowsNone([...secrets, "PLANTED"], printed(credential));
			}
		});
	});
}

/** What is printed of an error, but for the one field that holds claims for programs and is not printed by default. */
function withoutClaims(error: unknown): string {
	return printed(error).replace(/\[claims\]: '[^\n]*/g, "");
}
