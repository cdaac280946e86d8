/** Codes that say the service is in trouble, whatever the status beside them. */
const TRANSIENT: ReadonlySet<number> = new Set([90006, 90024, 90033, 90055]);

/** The numbers of the AADSTS codes in an error document: its list, and what its description begins with. */
export function aadstsCodes(document: Record<string, unknown>): number[] {
	const { error_codes: listed, error_description: description } = document;
	const codes = Array.isArray(listed) ? listed.filter(Number.isInteger) : [];
	if (codes.length > 0) return codes;
	const named = /AADSTS(\d{4,8})/.exec(String(description ?? ""))?.[1];
	return named === undefined ? [] : [Number(named)];
}

export function isTransientCode(codes: readonly number[]): boolean {
	return codes.some((code) => TRANSIENT.has(code));
}
