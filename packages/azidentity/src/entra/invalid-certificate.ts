import { AuthenticationError } from "../errors.ts";
import type { CertificatePlace } from "./certificate-configuration.ts";
import { CertificateProblem } from "./certificate-problem.ts";

/** What a credential throws for what is wrong with its certificate; any other error as it is. */
export function asInvalid(
	credentialName: string,
	{ name }: CertificatePlace,
	error: unknown,
): unknown {
	if (!(error instanceof CertificateProblem)) return error;
	const message = `${credentialName}: ${name} ${error.message}`;
	const body = {
		error: "invalid_certificate",
		suberror: error.fault,
		error_description: message,
	};
	const { cause } = error;
	return new AuthenticationError(0, body, {
		message,
		...(cause !== undefined && { cause }),
	});
}
