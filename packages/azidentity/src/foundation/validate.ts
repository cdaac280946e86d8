import { CredentialUnavailableError } from "../errors.ts";

/**
 * Refuses arguments that are missing, empty or blank, naming the credential and the argument and
 * never showing a value: arguments get mixed up, and one of them may be a secret.
 * @throws CredentialUnavailableError
 */
export function required(
	credentialName: string,
	args: Readonly<Record<string, unknown>>,
): void {
	for (const [name, value] of Object.entries(args)) {
		if (value !== undefined && value !== null && !isBlank(value)) continue;
		throw new CredentialUnavailableError(
			`${credentialName}: the argument ${name} is ${typeof value === "string" ? "empty" : "missing"}. Pass a value for it.`,
		);
	}
}

function isBlank(value: unknown): boolean {
	return typeof value === "string" && value.trim() === "";
}
