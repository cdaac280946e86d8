/** What sets one grant apart from another, as far as the request goes. */
export interface GrantKind {
	/** Whether a person stands behind it: then OIDC scopes and `client_info` are asked for. */
	readonly isUserGrant: boolean;
	/** Whether it may be sent again. A code works once, a wrong password locks the account, a poll has a rhythm of its own. */
	readonly isRepeatable: boolean;
}

const KINDS: ReadonlyMap<string, GrantKind> = new Map([
	["client_credentials", { isUserGrant: false, isRepeatable: true }],
	["refresh_token", { isUserGrant: true, isRepeatable: true }],
	[
		"urn:ietf:params:oauth:grant-type:jwt-bearer",
		{ isUserGrant: true, isRepeatable: true },
	],
	["authorization_code", { isUserGrant: true, isRepeatable: false }],
	["password", { isUserGrant: true, isRepeatable: false }],
	[
		"urn:ietf:params:oauth:grant-type:device_code",
		{ isUserGrant: true, isRepeatable: false },
	],
]);

/** The kind of a `grant_type`. One that is not known is a person's, and is sent once: the careful choice. */
export function grantKind(grantType: string | undefined): GrantKind {
	return (
		KINDS.get(grantType ?? "") ?? { isUserGrant: true, isRepeatable: false }
	);
}
