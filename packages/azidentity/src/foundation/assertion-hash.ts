/**
 * SHA-256 of an assertion, as owners and entries name whose tokens they are: base64url without padding.
 * The hash function comes with the first assertion: it takes milliseconds to load.
 */
export function assertionHash(assertion: string): string {
	const { createHash } = process.getBuiltinModule("node:crypto");
	return createHash("sha256").update(assertion).digest("base64url");
}
