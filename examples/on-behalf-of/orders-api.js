import { createServer } from "node:http";
import { OnBehalfOfCredential, TokenCache } from "azidentity";
import { jwtVerify } from "jose";

const STOCK = "https://storage.azure.com/.default";

/**
 * An API that calls another one, the stock, on behalf of the user who called it.
 * @param {{ app: { tenantId: string, clientId: string, clientSecret: string }, options: object,
 *   userTokens: { keys: import("jose").JWTVerifyGetKey, issuer: string },
 *   callStock: (token: string) => Promise<object>, tokenCache?: TokenCache }} parts   `tokenCache`: one memory for all
 *   requests; what was got for a user is there for the user's next request.
 */
export function ordersApi({
	app,
	options,
	userTokens,
	callStock,
	tokenCache = new TokenCache(),
}) {
	async function answer(request) {
		const [, userToken = ""] = (request.headers.authorization ?? "").split(" ");
		// First of all: a remembered token is handed out whoever sent this one.
		const { keys, issuer } = userTokens;
		await jwtVerify(userToken, keys, { issuer, audience: app.clientId });

		// One credential per request, in some twenty microseconds.
		const credential = new OnBehalfOfCredential({
			...app,
			...options,
			userAssertionToken: userToken,
			tokenCache,
		});
		const { token } = await credential.getToken(STOCK);
		return callStock(token);
	}

	return createServer((request, response) => {
		answer(request).then(
			(body) => response.end(JSON.stringify(body)),
			(error) => response.writeHead(...refusal(error)).end(),
		);
	});
}

/** What the user's client can do something about, it is told. */
function refusal(error) {
	const claims = error.errorResponse?.claims;
	if (claims !== undefined) {
		// The user has to satisfy these first: sign in again with them, and send the new token.
		const encoded = Buffer.from(claims).toString("base64");
		return challenge(`error="insufficient_claims", claims="${encoded}"`);
	}
	if (error.isOutage) return [503, { "retry-after": "30" }];
	if (
		error.errorResponse?.error === "invalid_grant" ||
		error.code?.startsWith("ERR_J")
	)
		return challenge('error="invalid_token"');
	console.error(error);
	return [500];
}

function challenge(what) {
	return [401, { "www-authenticate": `Bearer ${what}` }];
}
