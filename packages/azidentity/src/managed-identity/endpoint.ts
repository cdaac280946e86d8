import { CredentialUnavailableError } from "../errors.ts";

/**
 * The address that a variable has, once it is sure that nothing but a host can be meant by it.
 * @throws CredentialUnavailableError that names the variable and never shows its value, which may hold a password.
 */
export function endpointFrom(
	credentialName: string,
	variable: string,
	value: string,
): string {
	const text = value.trim();
	const problem = problemOf(text);
	if (problem === undefined) return text;
	throw new CredentialUnavailableError(
		`${credentialName}: the environment variable ${variable} ${problem}. It must be the address of the host's token endpoint, such as "http://127.0.0.1:40342/token". The host sets it: do not set it yourself.`,
	);
}

function problemOf(text: string): string | undefined {
	if (!URL.canParse(text)) return "is malformed: it is no URL";
	const url = new URL(text);
	if (url.protocol !== "http:" && url.protocol !== "https:")
		return "is malformed: it is no http or https URL";
	if (url.username !== "" || url.password !== "")
		return "holds a user name or a password";
	if (url.hash !== "") return "holds a fragment";
	return undefined;
}

/** The address with parameters behind it, beside those it has of its own. */
export function withQuery(
	endpoint: string,
	parameters: Readonly<Record<string, string>>,
): string {
	const query = Object.entries(parameters)
		.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
		.join("&");
	return `${endpoint}${endpoint.includes("?") ? "&" : "?"}${query}`;
}
