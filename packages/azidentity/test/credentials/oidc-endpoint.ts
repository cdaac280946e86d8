import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Emulator } from "@azidentity/emulator";
import { signedJwt } from "./signed-jwt.ts";

const ISSUER = "https://vstoken.dev.azure.test/organization";
const SUBJECT = "sc://contoso/shop/production";
const PATH =
	"/organization/project/_apis/distributedtask/hubs/build/plans/p/jobs/j/oidctoken";

export const CONNECTION = "6f8d0c1e-2b3a-4c5d-8e9f-a0b1c2d3e4f5";
/** Opaque, as in real life; nothing but its value tells that it is a secret. */
export const SYSTEM_TOKEN = "planted-system-access-token-of-the-job";

export interface Asked {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
}

/**
 * The endpoint of Azure Pipelines for the tokens of its jobs: it knows one job by its system token, and one service
 * connection by its id. It may be told to answer otherwise.
 */
export async function oidcEndpoint({ certFile, keyFile }: Emulator) {
	const { privateKey: pem, publicKey } = generateKeyPairSync("rsa", {
		modulusLength: 2048,
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
		publicKeyEncoding: { type: "spki", format: "pem" },
	});
	const jwk = createPublicKey(publicKey).export({ format: "jwk" });
	const asked: Asked[] = [];
	const issued: string[] = [];
	const next: ((response: ServerResponse) => void)[] = [];

	const identity = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
	const server = createServer(identity, (request, response) => {
		const { headers, method = "", url = "" } = request;
		asked.push({ headers, method, url });
		const scripted = next.shift();
		if (scripted !== undefined) return scripted(response);
		const { status, body } = answerTo({ headers, method, url }, () => {
			const claims = {
				aud: "api://AzureADTokenExchange",
				iss: ISSUER,
				sub: SUBJECT,
				// The contract moves the authority's clock by hours, and not this one's.
				exp: Math.floor(Date.now() / 1_000) + 86_400,
			};
			const token = signedJwt(pem, {}, claims);
			issued.push(token);
			return token;
		});
		response.writeHead(status, { "content-type": "application/json" });
		response.end(JSON.stringify(body));
	});
	await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
	const { port } = server.address() as AddressInfo;
	return {
		requestUri: `https://localhost:${port}${PATH}`,
		/** What an application has to be told to trust. */
		federatedCredential: {
			issuer: ISSUER,
			subject: SUBJECT,
			jwks: { keys: [jwk] },
		},
		asked,
		issued,
		next,
		close() {
			server.closeAllConnections();
			return new Promise((closed) => server.close(closed));
		},
	};
}

function answerTo(
	{ headers, method, url }: Asked,
	issue: () => string,
): { status: number; body: object } {
	const { pathname, searchParams } = new URL(url, "https://localhost");
	const refused = (status: number, message: string) => ({
		status,
		body: { message },
	});
	if (method !== "POST") return refused(405, "POST only");
	if (headers.authorization !== `Bearer ${SYSTEM_TOKEN}`)
		return refused(401, "not this job");
	if (pathname !== PATH) return refused(404, "no such job");
	if (searchParams.get("serviceConnectionId") !== CONNECTION)
		return refused(404, "no such service connection");
	return { status: 200, body: { oidcToken: issue() } };
}
