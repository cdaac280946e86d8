import {
	AuthenticationErrorName,
	CredentialUnavailableErrorName,
} from "../errors.ts";

const OWN_ERRORS = [
	"AbortError",
	AuthenticationErrorName,
	"AuthenticationRequiredError",
	CredentialUnavailableErrorName,
];

/**
 * What the log says of an error. What a program's own callbacks and credentials throw may quote what they were
 * handed, so only the name of that is shown.
 */
export function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return "unknown";
	return OWN_ERRORS.includes(error.name) ? error.message : error.name;
}
