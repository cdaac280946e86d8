import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import { CLIENT_ID, failureOf, ScriptedService } from "./scripted-service.ts";

/** The codes that people meet, and a word that tells what to do about each. */
const ADVICE: [RegExp, ...number[]][] = [
	[/sign in with an account of/i, 16000, 50020, 700005, 90072],
	[/certificate is registered/, 50012, 700027, 700030],
	[/new token of the user/, 50013, 500133],
	[/user name and password/, 50034, 50126],
	[/wait, or have it unlocked/, 50053],
	[/browser to change it/, 50055, 50135, 50144],
	[/an administrator/i, 50057, 65001, 65004, 7000112],
	[/administrator has to consent/, 90094],
	[/assign/, 50105],
	[/disableInstanceDiscovery/, 50049],
	[/sign in again/, 50058, 54005, 70000, 501481],
	[/passing the claims/, 50072, 50074, 50076, 50078, 50079],
	[/conditional access/, 50097, 53000, 53001, 53002, 53003, 53004],
	[/sign in again/, 50132, 50133, 50173, 70008, 70043, 700082],
	[/id of one tenant/, 50194, 9001023, 90130],
	[/keep one credential/, 50196],
	[/redirect URI/, 50011],
	[/Check the scope/, 70011, 28002, 500011, 650053],
	[/one resource at a time/, 700022],
	[/\.default/, 1002012],
	[/enter the code/, 70016],
	[/start the sign-in again/, 70018, 70019, 90120],
	[/tenantId and authorityHost/, 90002, 900023],
	[/client id/, 700016, 7000229],
	[/without a secret/, 700025],
	[/value of the secret/, 7000215],
	[/secret or an assertion/, 7000218],
	[/create a new one/, 7000222],
	[/clock/, 700024],
	[/federated credential/, 70021, 700211, 700212, 700213],
	[/audience the token endpoint/, 700021, 700023],
	[/AZURE_REGIONAL_AUTHORITY_NAME/, 100007],
	[/access token, not an id token/, 240002],
	[/arguments of the credential/, 900144],
];

async function refusalWith(code: number): Promise<AuthenticationError> {
	const service = new ScriptedService({
		status: 400,
		body: {
			error: "invalid_request",
			error_description: `AADSTS${code}: What the service says`,
			error_codes: [code],
		},
	});
	const failure = await failureOf(
		service.requestToken({}, { retryOptions: { maxRetries: 0 } }),
	);
	assert.ok(failure instanceof AuthenticationError);
	return failure;
}

describe("a code that people meet comes with what to do about it", () => {
	for (const [advice, ...codes] of ADVICE)
		for (const code of codes)
			test(`AADSTS${code}`, async () => {
				const { message, errorResponse, isOutage } = await refusalWith(code);
				const said = `AADSTS${code}: What the service says. `;
				const after = message.slice(message.indexOf(said) + said.length);
				assert.match(after, advice);
				// One sentence of ours, then the name for support.
				assert.match(after, /^[A-Z][^\n]+[.?] Correlation id: [\w-]+\.$/);
				assert.deepEqual(errorResponse.errorCodes, [code]);
				assert.equal(isOutage, false);
			});

	for (const code of [90006, 90024, 90033, 90055])
		test(`AADSTS${code}: later, because the service is in trouble`, async () => {
			const { isOutage, message } = await refusalWith(code);
			assert.equal(isOutage, true);
			assert.match(message, /could not answer .*Try again later\./);
		});
});

test("a refusal of ADFS is not laid at Entra's door", async () => {
	const host = "login.contoso.test";
	const service = new ScriptedService(
		{
			body: {
				issuer: `https://${host}/adfs`,
				authorization_endpoint: `https://${host}/adfs/oauth2/authorize/`,
				token_endpoint: `https://${host}/adfs/oauth2/token/`,
			},
		},
		{
			status: 400,
			body: {
				error: "invalid_client",
				error_description: "MSIS9622: Client authentication failed",
			},
		},
	);
	const failure = await failureOf(
		service.requestToken(
			{ tenantId: "adfs" },
			{ authorityHost: `https://${host}` },
		),
	);
	assert.match(
		failure.message,
		new RegExp(
			`^TestCredential: ADFS at ${host} refused \\(client ${CLIENT_ID}, tenant adfs, status 400, invalid_client\\)\\. MSIS9622`,
		),
	);
});
