/** What is measured beside what. Both take the same constructor arguments and options. */
export const SUBJECTS = {
	azidentity: "azidentity",
	today: "@azure/identity",
};

/** ClientSecretCredential of a subject, and nothing else loaded. */
export async function clientSecretCredential(subject) {
	const { ClientSecretCredential } = await import(SUBJECTS[subject]);
	return ClientSecretCredential;
}

/** A JWT of an application weighs about this much. */
const TOKEN_LENGTH = 1_500;

/**
 * The service, with the network left out: an HTTP client, given by the option both packages have, that
 * answers each request with a new token. Counts them.
 */
export async function countingHttpClient() {
	const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
	const headers = createHttpHeaders({ "content-type": "application/json" });
	const client = {
		requests: 0,
		async sendRequest(request) {
			client.requests += 1;
			const number = String(client.requests);
			const text = `{"token_type":"Bearer","expires_in":86399,"ext_expires_in":86399,"access_token":"${number.padStart(TOKEN_LENGTH, "x")}"}`;
			// Like a real answer, it comes from outside: nothing is shared between the texts of two tokens.
			const bodyAsText = Buffer.from(text).toString("latin1");
			return { request, status: 200, headers, bodyAsText };
		},
	};
	return client;
}

export const TENANT = "aaaa1111-0000-4000-8000-000000000001";
export const CLIENT = "c0000000-0000-4000-8000-00000000da01";
/** The scope number so-and-so. */
export const scope = (number) => `https://resource-${number}.example/.default`;

/** A credential of a subject that remembers so many tokens, and its service. */
export async function credentialHolding(subject, tokens) {
	const Credential = await clientSecretCredential(subject);
	const httpClient = await countingHttpClient();
	const options = { httpClient };
	if (subject === "azidentity" && tokens > 20_000) {
		// More than the 64 MiB that are the default.
		const { TokenCache } = await import("azidentity");
		options.tokenCache = new TokenCache({ maxBytes: 1024 ** 3 });
	}
	const credential = new Credential(TENANT, CLIENT, "secret", options);
	for (let number = 0; number < tokens; number += 1)
		await credential.getToken(scope(number));
	return { credential, httpClient };
}

/** The only thing a measure prints: its figures. */
export const print = (figures) => console.log(JSON.stringify(figures));
