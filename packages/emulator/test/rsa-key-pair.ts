import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
} from "node:crypto";

/**
 * A new RSA key and its public part as a JWK. Made as text and read back: exporting a key object that is
 * still tied to its generation can hang Node 20 for good (see make-certificates.ts).
 */
export function rsaKeyPair() {
	const { privateKey } = generateKeyPairSync("rsa", {
		modulusLength: 2048,
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
		publicKeyEncoding: { type: "spki", format: "pem" },
	});
	return {
		privateKey: createPrivateKey(privateKey),
		publicJwk: createPublicKey(privateKey).export({ format: "jwk" }),
	};
}
