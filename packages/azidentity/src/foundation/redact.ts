/** What stands in for a secret in a text that people read. */
export const REDACTED = "[redacted]";

/** The parameters of OAuth requests and answers whose values show who somebody is, or what a policy asks of them. */
const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
	"access_token",
	"assertion",
	"claims",
	"client_assertion",
	"client_info",
	"client_secret",
	"code",
	"code_verifier",
	"device_code",
	"id_token",
	"password",
	"refresh_token",
	"user_code",
]);

/** A JWT, signed or encrypted, whole or cut off: the first part of each begins with `{"`. */
const JWT = /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g;

const NAMES = [...SECRET_PARAMETERS]
	.filter((name) => name !== "code")
	.join("|");

/** `client_secret=…` as in a form: to the next blank or parameter. */
const FORM_VALUE = new RegExp(`\\b(${NAMES})=([^&"\\s]+)`, "gi");

/** `"client_secret":"…"` as in a document, in either kind of quotation marks: to the one that ends it, or to the end. */
const QUOTED_VALUE = new RegExp(
	`\\b(${NAMES})(\\\\*(["'])\\s*:\\s*\\\\*\\3)(?:(?!\\3)[^\\\\]|\\\\.)+`,
	"gis",
);

/** An authorization header, or a text that quotes one. */
const BEARER = /\b(bearer|basic)\s+[\w.~+/-]{16,}=*/gi;

/** Shorter values are no secrets, and cutting them out would make any text unreadable. */
const SHORTEST_SECRET = 4;

/** The values in a form that nobody may read. */
export function secretsIn(form: Readonly<Record<string, string>>): string[] {
	return Object.entries(form)
		.filter(([name]) => SECRET_PARAMETERS.has(name))
		.map(([, value]) => value);
}

/**
 * The text without the given secrets, in any spelling a request may carry them, and without
 * anything that looks like a token.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
	return spellings(secrets)
		.reduce((safe, secret) => safe.replaceAll(secret, REDACTED), text)
		.replace(JWT, REDACTED)
		.replace(FORM_VALUE, `$1=${REDACTED}`)
		.replace(QUOTED_VALUE, `$1$2${REDACTED}`)
		.replace(BEARER, `$1 ${REDACTED}`);
}

/** Longest first, so that no secret leaves its end behind when another is its beginning. */
function spellings(secrets: readonly string[]): string[] {
	return secrets
		.filter((secret) => secret.length >= SHORTEST_SECRET)
		.flatMap((secret) => [
			secret,
			encodeURIComponent(secret),
			new URLSearchParams([["", secret]]).toString().slice(1),
			JSON.stringify(secret).slice(1, -1),
		])
		.sort((left, right) => right.length - left.length);
}

/**
 * An error that is safe to hand on as a `cause`: name, code and redacted message of the given one.
 * The original may hold the whole request, and with it the secret.
 */
export function sanitisedCause(
	error: unknown,
	secrets: readonly string[] = [],
): Error {
	if (!(error instanceof Error)) return new Error(typeof error);
	const safe = new Error(redact(error.message, secrets));
	safe.name = redact(error.name, secrets);
	safe.stack = `${safe.name}: ${safe.message}`;
	const code = codeOf(error);
	if (code === undefined) return safe;
	return Object.assign(safe, { code: redact(code, secrets) });
}

/** Nobody wraps an error deeper than this; a chain of causes may be a ring. */
const DEEPEST_CAUSE = 8;

/** The system's or the library's code for an error (`ECONNREFUSED`), its own or that of its cause. */
export function codeOf(error: unknown): string | undefined {
	let current = error;
	for (let depth = 0; depth < DEEPEST_CAUSE; depth += 1) {
		if (typeof current !== "object" || current === null) return undefined;
		const { code, cause } = current as { code?: unknown; cause?: unknown };
		if (typeof code === "string") return code;
		current = cause;
	}
	return undefined;
}
