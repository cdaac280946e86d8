// An authority within the process, behind the public option `httpClient` of credentials. It answers at once, and knows later for
// which scope it has issued a token: so a wrong token is told from a right one.
import { randomBytes } from "node:crypto";
import { createHttpHeaders } from "@azure/core-rest-pipeline";

/** Bytes of a token: in base64 it is as long as one of Entra's. */
const TOKEN_BYTES = 1_100;

export function ownAuthority(tokenBytes = TOKEN_BYTES) {
	/** Scopes by token. */
	const issued = new Map();
	const authority = {
		isOff: false,
		issued,
		async sendRequest(request) {
			if (authority.isOff) throw new Error("the authority is off");
			const scope = new URLSearchParams(request.body).get("scope");
			const access_token = randomBytes(tokenBytes).toString("base64url");
			issued.set(access_token, scope);
			const answer = { token_type: "Bearer", expires_in: 3_599, access_token };
			const headers = createHttpHeaders({ "content-type": "application/json" });
			const bodyAsText = JSON.stringify(answer);
			return { request, status: 200, headers, bodyAsText };
		},
	};
	return authority;
}

/** Who signs in, and the options of a credential that asks this authority. */
export const WHO = [
	"11111111-1111-1111-1111-111111111111",
	"22222222-2222-2222-2222-222222222222",
	"a secret that nobody checks",
];
export const optionsFor = (authority) => ({
	httpClient: authority,
	disableInstanceDiscovery: true,
	retryOptions: { maxRetries: 0 },
});
