/** The characters of a scope: RFC 6749 §3.3 allows printable ASCII without blank, quote and backslash. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The scopes as a list, trimmed, without blanks and repetitions; of spellings that differ in case
 * only, the first stays. A text with several scopes between spaces counts as several.
 * @throws TypeError that names the credential and the argument `scopes`.
 */
export function normaliseScopes(
	credentialName: string,
	scopes: string | readonly string[],
): string[] {
	const given: unknown[] = Array.isArray(scopes) ? scopes : [scopes];
	const unique = new Map<string, string>();
	for (const entry of given) {
		if (typeof entry !== "string") {
			throw new TypeError(
				`${credentialName}: the argument scopes must be a string or a list of strings, such as "https://vault.azure.net/.default".`,
			);
		}
		for (const scope of entry.trim().split(/ +/)) {
			if (scope === "") continue;
			if (!SCOPE.test(scope)) {
				throw new TypeError(
					`${credentialName}: the argument scopes has a character that no scope may have: use letters, digits and punctuation, without quotes, backslashes, line breaks and control characters.`,
				);
			}
			const key = scope.toLowerCase();
			if (!unique.has(key)) unique.set(key, scope);
		}
	}
	if (unique.size === 0) {
		throw new TypeError(
			`${credentialName}: the argument scopes is empty. Name what the token is for, such as "https://vault.azure.net/.default".`,
		);
	}
	return [...unique.values()];
}
