/** The three ways to name an identity that a user assigned, as the options of the credential spell them. */
export type IdentityKind = "clientId" | "objectId" | "resourceId";

/** An identity that a user assigned. */
export interface Identity {
	readonly kind: IdentityKind;
	readonly id: string;
}

/** What one host calls them; a kind that is missing cannot be asked for there. */
export type IdentityNames = Partial<Readonly<Record<IdentityKind, string>>>;

/** The parameters that name the identity to a host; none for the machine's own. */
export function identityParameters(
	identity: Identity | undefined,
	names: IdentityNames,
): Record<string, string> {
	const name = identity && names[identity.kind];
	return identity === undefined || name === undefined
		? {}
		: { [name]: identity.id };
}

/** How messages speak of it. */
export function identityText(identity: Identity | undefined): string {
	if (identity === undefined) return "the system-assigned identity";
	return `the user-assigned identity with ${identity.kind} ${identity.id}`;
}
