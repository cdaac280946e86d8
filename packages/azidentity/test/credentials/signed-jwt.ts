import { constants, createPrivateKey, randomUUID, sign } from "node:crypto";

const encoded = (part: object) =>
	Buffer.from(JSON.stringify(part)).toString("base64url");

/** A JWT signed by the RSA key of a PEM, with PS256. */
export function signedJwt(
	pem: string,
	header: Record<string, unknown>,
	claims: Record<string, unknown>,
): string {
	const now = Math.floor(Date.now() / 1_000);
	const text = [
		encoded({ alg: "PS256", typ: "JWT", ...header }),
		encoded({
			jti: randomUUID(),
			iat: now,
			nbf: now,
			exp: now + 600,
			...claims,
		}),
	].join(".");
	const signature = sign("sha256", Buffer.from(text), {
		key: createPrivateKey(pem),
		padding: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
	});
	return `${text}.${signature.toString("base64url")}`;
}
