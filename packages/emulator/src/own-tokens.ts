import { createPublicKey, randomBytes, verify } from "node:crypto";
import type { JWK } from "jose";

/** What the emulator reads from an access token of its own. */
export interface OwnToken {
	readonly aud?: string;
	readonly tid?: string;
	readonly oid?: string;
	readonly idtyp?: string;
	readonly appid?: string;
	readonly azp?: string;
	readonly exp: number;
	readonly uti?: string;
}

/** Reads tokens that this emulator signed. */
export interface OwnTokens {
	/** The claims when the signature is ours, whatever the time. */
	read(token: string): OwnToken | undefined;
}

export function ownTokens(signingKey: JWK): OwnTokens {
	const key = createPublicKey({
		key: publicPart(signingKey) as never,
		format: "jwk",
	});
	return {
		read(token) {
			const [header = "", payload = "", signature = "", ...rest] =
				token.split(".");
			if (rest.length > 0 || signature === "") return undefined;
			// Always RSA with SHA-256, whatever the header claims.
			const isOurs = verify(
				"sha256",
				Buffer.from(`${header}.${payload}`),
				key,
				Buffer.from(signature, "base64url"),
			);
			if (!isOurs) return undefined;
			return JSON.parse(Buffer.from(payload, "base64url").toString());
		},
	};
}

/** The public part of a signing key, as it is published. */
export function publicPart(signingKey: JWK): JWK {
	const {
		d: _d,
		p: _p,
		q: _q,
		dp: _dp,
		dq: _dq,
		qi: _qi,
		...rest
	} = signingKey;
	return rest;
}

/**
 * A `uti` that tells us when the token was issued, to the event: `iat` has whole seconds, in which a sign-in, a
 * revocation and the next sign-in all fit. To everybody else it is as opaque as the service's.
 */
export function tokenId(moment: number): string {
	const id = randomBytes(16);
	id.writeBigUInt64BE(BigInt(moment));
	return id.toString("base64url");
}

/** The moment a token was issued, from its `uti`. */
export function issueMoment(token: OwnToken): number {
	const id = Buffer.from(token.uti ?? "", "base64url");
	return id.length === 16 ? Number(id.readBigUInt64BE()) : 0;
}
