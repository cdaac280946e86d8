import assert from "node:assert/strict";
import { refusal } from "../../../src/entra/refusal.ts";
import { parseTokenResponse } from "../../../src/entra/token-response.ts";
import { AuthenticationError } from "../../../src/errors.ts";
import { jsonObject } from "../../../src/foundation/json-object.ts";
import { refusal as hostRefusal } from "../../../src/managed-identity/refusal.ts";
import { tokenOf } from "../../../src/managed-identity/token-answer.ts";
import { SECRET, SECRET_CORE, type Target } from "../target.ts";

const TENANT = "0a1b2c3d-0000-4000-8000-00000000bb02";
const CLIENT = "0a1b2c3d-0000-4000-8000-00000000cc03";
const SENT_AT = 1_700_000_000_000;
const TEN_YEARS_MS = 10 * 366 * 24 * 3_600_000;
const SCOPES = ["https://vault.azure.net/.default"];

const base64url = (value: object) =>
	Buffer.from(JSON.stringify(value)).toString("base64url");
const ID_TOKEN = `e30.${base64url({ aud: CLIENT, tid: TENANT, oid: TENANT, sub: "s", preferred_username: "ada@example.com" })}.`;
const CLIENT_INFO = base64url({ uid: TENANT, utid: TENANT });

const ASKED = {
	credentialName: "Credential",
	clientId: CLIENT,
	tenantId: TENANT,
	url: "https://login.microsoftonline.com/t/oauth2/v2.0/token",
	secrets: [SECRET],
};
const HOST_ASKED = {
	credentialName: "ManagedIdentityCredential",
	hostName: "IMDS",
	identity: undefined,
	resource: "https://vault.azure.net",
	advice: "Check it.",
	secrets: [SECRET],
	isStranger: false,
};
const CONTEXT = {
	clientId: CLIENT,
	tenantId: TENANT,
	environment: "login.microsoftonline.com",
};

const REFUSALS = [400, 401, 403, 404, 429, 500, 503, 302, 204];

/** Each way in which a body is read: as a token and as a refusal, of Entra and of a host of managed identities. */
const READERS = [entraToken, entraToken, entraRefusal, hostToken, hostRefused];

export const target: Target = {
	material: {
		seeds: [
			`{"token_type":"Bearer","expires_in":3599,"ext_expires_in":7199,"access_token":"${SECRET}"}`,
			`{"token_type":"Bearer","scope":"user.read openid","expires_in":"3599","refresh_in":1800,"access_token":"${SECRET}","refresh_token":"${SECRET}","id_token":"${ID_TOKEN}","client_info":"${CLIENT_INFO}","foci":"1"}`,
			`{"error":"invalid_grant","error_description":"AADSTS70008: The refresh token has expired.\\r\\nTrace ID: x","error_codes":[70008],"suberror":"bad_token","correlation_id":"c","claims":"{\\"access_token\\":{}}"}`,
			`{"error":{"code":"x","message":"y"}}`,
			`{"access_token":"${SECRET}","expires_on":"1795564799","resource":"r","token_type":"Bearer"}`,
			`{"access_token":"${SECRET}","expires_on":"11/25/2026 11:59:59 PM +00:00","client_id":"c"}`,
			`{"error":"invalid_request","error_description":"Identity not found"}`,
			`{"statusCode":500,"message":"An unexpected error occurred","correlationId":"c"}`,
			"<html><head><title>502 Bad Gateway</title></head></html>",
		],
		words: [
			...[
				'"access_token":',
				'"expires_in":',
				'"expires_on":',
				'"refresh_in":',
				'"error":',
				'"id_token":',
			],
			...[
				'"error_codes":[',
				"AADSTS",
				"Bearer",
				"pop",
				'"x":{"y":',
				"eyJ",
				"..",
				"AM",
				"+25:99",
			],
		],
	},
	parse(input, choice) {
		const reader = READERS[Math.floor(choice * READERS.length)] ?? entraToken;
		reader(input, choice);
	},
	isKnown: (error) => error instanceof AuthenticationError,
	shows: isDescribed,
};

function entraToken(body: string) {
	const answer = answerOf(body, 200);
	const { token } = parseTokenResponse(ASKED, answer, SCOPES, CONTEXT);
	inspectToken(token);
	assert.ok(token.expiresOnTimestamp > SENT_AT);
}

function entraRefusal(body: string, choice: number) {
	throw refusal(ASKED, answerOf(body, statusOf(choice)));
}

function hostToken(body: string) {
	const document = jsonObject(body);
	if (document === undefined) return;
	const token = tokenOf(document, SENT_AT);
	if (typeof token === "string") assert.ok(!token.includes(SECRET_CORE));
	else inspectToken(token);
}

function hostRefused(body: string, choice: number) {
	throw hostRefusal(HOST_ASKED, answerOf(body, statusOf(choice)));
}

function inspectToken(token: {
	token: string;
	expiresOnTimestamp: number;
	refreshAfterTimestamp?: number;
}) {
	const { expiresOnTimestamp, refreshAfterTimestamp } = token;
	assert.ok(token.token.trim() !== "" && Object.isFrozen(token));
	assert.ok(Number.isFinite(expiresOnTimestamp));
	assert.ok(expiresOnTimestamp < SENT_AT + TEN_YEARS_MS);
	if (refreshAfterTimestamp !== undefined)
		assert.ok(
			refreshAfterTimestamp > SENT_AT &&
				refreshAfterTimestamp < expiresOnTimestamp,
		);
}

const statusOf = (choice: number) =>
	REFUSALS[Math.floor(choice * 1_000) % REFUSALS.length] ?? 400;

function answerOf(body: string, status: number) {
	return {
		status,
		body,
		host: "login.microsoftonline.com",
		header: () => undefined,
		sentAt: SENT_AT,
		requestId: "id",
		retryAfter: undefined,
		notBefore: undefined,
	};
}

/** What no error shows; what stands elsewhere is for people to read. */
const SECRET_MEMBER =
	/"(?:access_token|refresh_token|id_token|client_info)"\s*:\s*"(?:[^"\\]|\\.)*/gs;

function isDescribed(body: string): boolean {
	return body.replaceAll(SECRET_MEMBER, "").includes(SECRET_CORE);
}
