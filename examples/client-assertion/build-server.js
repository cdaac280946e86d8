import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	sign,
} from "node:crypto";

const ISSUER = "https://builds.example";
const SUBJECT = "repo:contoso/shop:ref:refs/heads/main";
const AUDIENCE = "api://AzureADTokenExchange";

const encoded = (part) =>
	Buffer.from(JSON.stringify(part)).toString("base64url");

/** What GitHub Actions, Kubernetes or any other OpenID Connect issuer does: it signs who the workload is. */
export function buildServer() {
	const { privateKey: pem } = generateKeyPairSync("rsa", {
		modulusLength: 2048,
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
		publicKeyEncoding: { type: "spki", format: "pem" },
	});
	const key = createPrivateKey(pem);
	const jwk = createPublicKey(pem).export({ format: "jwk" });
	const server = {
		isDown: false,
		/** What the application has to be told to trust. */
		federatedCredential: {
			issuer: ISSUER,
			subject: SUBJECT,
			jwks: { keys: [jwk] },
		},
		async getToken({ abortSignal }) {
			abortSignal.throwIfAborted();
			if (server.isDown) throw new Error("the build server does not answer");
			const now = Math.floor(Date.now() / 1_000);
			const claims = {
				iss: ISSUER,
				sub: SUBJECT,
				aud: AUDIENCE,
				iat: now,
				exp: now + 300,
			};
			const text = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
			return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
		},
	};
	return server;
}
