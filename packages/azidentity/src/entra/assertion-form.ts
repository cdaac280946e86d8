/** What a form says when an assertion proves the client (RFC 7521 §4.2). */
export function assertionForm(assertion: string): Record<string, string> {
	return {
		client_assertion_type:
			"urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		client_assertion: assertion,
	};
}
