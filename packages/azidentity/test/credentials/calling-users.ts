import assert from "node:assert/strict";
import type { Emulator, User } from "@azidentity/emulator";
import {
	createDefaultHttpClient,
	createHttpHeaders,
	createPipelineRequest,
} from "@azure/core-rest-pipeline";
import {
	type ClientSecretCredentialOptions,
	OnBehalfOfCredential,
	type OnBehalfOfCredentialAssertionOptions,
	type OnBehalfOfCredentialCertificateOptions,
	type OnBehalfOfCredentialOptions,
	type OnBehalfOfCredentialSecretOptions,
} from "azidentity";
import type { emulatedEntra } from "./emulated-entra.ts";

/** What the API of the fixtures lets users delegate to their clients. */
export const ORDERS = "api://orders/access_as_user";

/** Whatever may be given of the options. */
type Options = Partial<
	OnBehalfOfCredentialSecretOptions &
		OnBehalfOfCredentialCertificateOptions &
		OnBehalfOfCredentialAssertionOptions
> &
	ClientSecretCredentialOptions;

/** Users who call the API of the fixtures, and the API as it asks on their behalf. */
export function callingUsers(entra: ReturnType<typeof emulatedEntra>) {
	/** What a user's client has got for the API: a new token each time. */
	async function signIn(user?: User, scope = ORDERS) {
		const { apps, users } = entra.emulator;
		const { username, password } = user ?? users.alice;
		const { access_token = "", id_token = "" } = await askToken(
			entra.emulator,
			{
				grant_type: "password",
				client_id: apps.native.clientId,
				scope: `openid ${scope}`,
				username,
				password,
			},
		);
		return { accessToken: access_token, idToken: id_token };
	}

	/** A token of the daemon itself, for the API. */
	async function appToken(): Promise<string> {
		const { clientId, secrets } = entra.emulator.apps.daemon;
		const { access_token = "" } = await askToken(entra.emulator, {
			grant_type: "client_credentials",
			client_id: clientId,
			client_secret: secrets[0],
			scope: "api://orders/.default",
		});
		return access_token;
	}

	/** The API, asking on behalf of the bearer of a token; by its secret, unless the options say otherwise. */
	function onBehalfOf(
		userAssertionToken: string,
		options: Options = { clientSecret: entra.emulator.apps.api.secrets[0] },
	): OnBehalfOfCredential {
		return new OnBehalfOfCredential({
			...entra.options,
			tenantId: entra.emulator.tenants.contoso.id,
			clientId: entra.emulator.apps.api.clientId,
			userAssertionToken,
			...options,
		} as OnBehalfOfCredentialOptions);
	}

	return { signIn, appToken, onBehalfOf };
}

/** The answer of the authority to a form. */
async function askToken(
	emulator: Emulator,
	form: Record<string, string>,
): Promise<Record<string, string>> {
	const { authorityHost, ca, tenants } = emulator;
	const request = createPipelineRequest({
		url: `${authorityHost}/${tenants.contoso.id}/oauth2/v2.0/token`,
		method: "POST",
		headers: createHttpHeaders({
			"content-type": "application/x-www-form-urlencoded",
		}),
		body: new URLSearchParams(form).toString(),
	});
	request.tlsSettings = { ca };
	const answer = await createDefaultHttpClient().sendRequest(request);
	assert.equal(answer.status, 200, answer.bodyAsText ?? "");
	return JSON.parse(answer.bodyAsText ?? "");
}
