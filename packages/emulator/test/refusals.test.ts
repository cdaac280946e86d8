// What only the emulator's own layer refuses, with the codes that the service gives.
import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	type Answer,
	ask,
	askToken,
	startedEmulator,
} from "./authority-client.ts";

const STORAGE = "https://storage.azure.com/.default";

let emulator: Emulator;
let contoso: string;
beforeAll(async () => {
	emulator = await startedEmulator();
	contoso = emulator.tenants.contoso.id;
});

type Form = Record<string, string>;

const asDaemon = (form: Form = {}): Form => ({
	grant_type: "client_credentials",
	client_id: emulator.apps.daemon.clientId,
	client_secret: emulator.apps.daemon.secrets[0],
	scope: STORAGE,
	...form,
});
const asAlice = (form: Form = {}): Form => ({
	grant_type: "password",
	client_id: emulator.apps.native.clientId,
	username: emulator.users.alice.username,
	password: emulator.users.alice.password,
	scope: STORAGE,
	...form,
});
const without = (name: string, { [name]: _gone, ...rest }: Form): Form => rest;

interface Rule {
	readonly title: string;
	readonly form: () => Form;
	readonly tenant?: () => string;
	readonly status?: number;
	readonly error: string;
	readonly code: number;
}

function assertRefused(answer: Answer, rule: Omit<Rule, "title" | "form">) {
	const { json } = answer;
	assert.equal(answer.status, rule.status ?? 400, answer.text);
	assert.equal(json.error, rule.error);
	assert.deepEqual(json.error_codes, [rule.code]);
}

const rules: Rule[] = [
	{
		title: "an unknown app",
		form: () => asDaemon({ client_id: "c0000000-0000-4000-8000-00000000dead" }),
		error: "unauthorized_client",
		code: 700016,
	},
	{
		title: "an app of another tenant",
		form: () => asDaemon({ client_id: emulator.apps.web.clientId }),
		tenant: () => "fabrikam.test",
		error: "unauthorized_client",
		code: 700016,
	},
	{
		title: "a wrong secret",
		form: () => asDaemon({ client_secret: "wrong" }),
		status: 401,
		error: "invalid_client",
		code: 7000215,
	},
	{
		title: "a confidential app without a proof",
		form: () => without("client_secret", asDaemon()),
		status: 401,
		error: "invalid_client",
		code: 7000218,
	},
	{
		title: "a public app with a secret",
		form: () => asAlice({ client_secret: "anything" }),
		status: 401,
		error: "invalid_client",
		code: 700025,
	},
	{
		title: "a request without a client",
		form: () => without("client_id", asDaemon()),
		error: "invalid_request",
		code: 900144,
	},
	{
		title: "a grant that does not exist",
		form: () => asDaemon({ grant_type: "wishful_thinking" }),
		error: "unsupported_grant_type",
		code: 70003,
	},
	{
		title: "a code grant without a code",
		form: () => asDaemon({ grant_type: "authorization_code" }),
		error: "invalid_request",
		code: 900144,
	},
	{
		title: "an app that asks for a named scope",
		form: () => asDaemon({ scope: "https://storage.azure.com/read" }),
		error: "invalid_scope",
		code: 1002012,
	},
	{
		title: "an app that asks for no scope",
		form: () => without("scope", asDaemon()),
		error: "invalid_request",
		code: 900144,
	},
	{
		title: "two resources in one request",
		form: () =>
			asAlice({ scope: `${STORAGE} https://vault.azure.net/.default` }),
		error: "invalid_scope",
		code: 70011,
	},
	{
		title: ".default beside a named scope",
		form: () => asAlice({ scope: `${STORAGE} https://storage.azure.com/read` }),
		error: "invalid_scope",
		code: 70011,
	},
	{
		title: "an API that nobody registered",
		form: () => asDaemon({ scope: "api://nobody/.default" }),
		error: "invalid_resource",
		code: 500011,
	},
	{
		title: "an unknown tenant",
		form: () => asDaemon(),
		tenant: () => "nowhere.test",
		error: "invalid_tenant",
		code: 90002,
	},
	{
		title: "the tenant of personal accounts",
		form: () => asDaemon(),
		tenant: () => "consumers",
		error: "invalid_tenant",
		code: 90002,
	},
	{
		title: "an app that names no tenant",
		form: () => asDaemon(),
		tenant: () => "organizations",
		error: "invalid_request",
		code: 50059,
	},
	{
		title: "an unknown user",
		form: () => asAlice({ username: "nobody@contoso.test" }),
		error: "invalid_grant",
		code: 50034,
	},
	{
		title: "a user of another tenant",
		form: () => asAlice({ username: emulator.users.carol.username }),
		error: "invalid_grant",
		code: 50034,
	},
	{
		title: "a wrong password",
		form: () => asAlice({ password: "wrong" }),
		error: "invalid_grant",
		code: 50126,
	},
];

describe("the token endpoint refuses", () => {
	test.for(rules.map((rule) => [rule.title, rule] as const))(
		"%s",
		async ([, rule]) => {
			const tenant = rule.tenant?.() ?? contoso;

			assertRefused(await askToken(emulator, tenant, rule.form()), rule);
		},
	);

	test("a password where a second factor is needed, with the claims for it", async () => {
		const { bob } = emulator.users;

		const answer = await askToken(
			emulator,
			contoso,
			asAlice({ username: bob.username, password: bob.password }),
		);

		assertRefused(answer, { error: "invalid_grant", code: 50076 });
		assert.equal(answer.json.suberror, "basic_action");
		assert.ok(JSON.parse(answer.json.claims).access_token);
	});
});

test("an error has the service's layout, and the caller's correlation id", async () => {
	const answer = await ask(emulator, `/${contoso}/oauth2/v2.0/token`, {
		form: asDaemon({ client_secret: "wrong" }),
		headers: { "client-request-id": "11111111-2222-4333-8444-555555555555" },
	});

	const { json, headers } = answer;
	assert.match(
		json.error_description,
		/^AADSTS7000215: .+ Trace ID: \S+ Correlation ID: 11111111-2222-4333-8444-555555555555 Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/,
	);
	assert.match(json.timestamp, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
	assert.equal(json.correlation_id, "11111111-2222-4333-8444-555555555555");
	assert.ok(json.trace_id);
	assert.equal(json.error_uri, `${emulator.authorityHost}/error?code=7000215`);
	assert.equal(headers["cache-control"], "no-store");
	assert.ok(headers["x-ms-request-id"]);
});
