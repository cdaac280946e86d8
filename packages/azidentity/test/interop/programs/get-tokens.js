// Gets tokens with this library on its persistent cache, and prints each as a line of JSON once it has it: {"scope", "token"}
// or {"scope", "failed"}. What to get comes as JSON on standard input: no secret is ever in an argv.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import {
	createDefaultHttpClient,
	createHttpHeaders,
	createPipelineFromOptions,
	createPipelineRequest,
} from "@azure/core-rest-pipeline";
import { ClientSecretCredential, persistentTokenCache } from "azidentity";

const job = JSON.parse(readFileSync(0, "utf8"));
const tokenCache = persistentTokenCache(job.cache);
const getToken = job.as === "app" ? appGetter() : personGetter();

for (const scope of job.scopes) {
	const said = await getToken(scope).then(
		({ token }) => ({ scope, token }),
		(error) => ({ scope, failed: `${error.name}: ${error.message}` }),
	);
	process.stdout.write(`${JSON.stringify(said)}\n`);
	await pause((job.pause ?? 0) * (0.5 + Math.random()));
}

function appGetter() {
	const { tenantId, clientId, secret } = job;
	const credential = new ClientSecretCredential(tenantId, clientId, secret, {
		tokenCache,
		// Without pauses between attempts where the authority is known to be off.
		retryOptions: { maxRetries: job.noRetry ? 0 : 3 },
	});
	return (scope) => credential.getToken(scope, { enableCae: job.cae ?? false });
}

/** A person, who signs in by password when `as` is "person" and not at all when it is "silent". */
function personGetter() {
	const { clientId, tenantId, homeAccountId } = job;
	const environment = "login.windows.net";
	const owner = { clientId, environment, tenantId, homeAccountId };
	const partition = tokenCache.partition(owner, false);
	return (scope) =>
		partition.get(
			{ scopes: scope, written: scope, normalise: () => [scope] },
			job.as === "person" ? signIn : refuse,
		);
}

async function refuse() {
	throw new Error("nothing was remembered");
}

/** A source of tokens by password: the library has no public one yet, and the cache takes any. */
async function signIn({ scopes }) {
	const answer = await post({
		grant_type: "password",
		client_id: job.clientId,
		username: job.username,
		password: job.password,
		scope: `${scopes.join(" ")} openid profile offline_access`,
		client_info: "1",
	});
	const { homeAccountId, tenantId: realm } = job;
	return {
		token: {
			token: answer.access_token,
			tokenType: "Bearer",
			expiresOnTimestamp: Date.now() + answer.expires_in * 1_000,
		},
		scope: answer.scope,
		refreshToken: answer.refresh_token,
		idToken: answer.id_token,
		homeAccountId,
		account: {
			homeAccountId,
			localAccountId: homeAccountId.split(".")[0],
			environment: "login.windows.net",
			realm,
			username: job.username,
		},
	};
}

async function post(form) {
	const answer = await createPipelineFromOptions({}).sendRequest(
		createDefaultHttpClient(),
		createPipelineRequest({
			url: `https://login.microsoftonline.com/${job.tenantId}/oauth2/v2.0/token`,
			method: "POST",
			headers: createHttpHeaders({
				"content-type": "application/x-www-form-urlencoded",
			}),
			body: new URLSearchParams(form).toString(),
		}),
	);
	if (answer.status !== 200) throw new Error(answer.bodyAsText);
	return JSON.parse(answer.bodyAsText);
}
