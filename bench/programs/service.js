// The service with the network left out: it answers each request for a token at once, or after a time, with a new one.

/** A JWT of an application weighs about this much. */
const TOKEN_LENGTH = 1_500;

/** `answer` resolves to the JSON text of a new token; `requests` counts them. */
export function cannedService({ delay = 0 } = {}) {
	const service = {
		requests: 0,
		async answer() {
			service.requests += 1;
			const number = String(service.requests);
			if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
			const text = `{"token_type":"Bearer","expires_in":86399,"ext_expires_in":86399,"access_token":"${number.padStart(TOKEN_LENGTH, "x")}"}`;
			// Like a real answer, it comes from outside: nothing is shared between the texts of two tokens.
			return Buffer.from(text).toString("latin1");
		},
	};
	return service;
}

/** The HTTP client that packages of the Azure SDK take as an option; what it needs is loaded by the first request, or by `warm`. */
export function azureHttpClient(service) {
	const pipeline = () => import("@azure/core-rest-pipeline");
	return {
		warm: pipeline,
		async sendRequest(request) {
			const { createHttpHeaders } = await pipeline();
			const headers = createHttpHeaders({ "content-type": "application/json" });
			const bodyAsText = await service.answer();
			return { request, status: 200, headers, bodyAsText };
		},
	};
}
