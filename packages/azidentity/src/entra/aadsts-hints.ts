/** What to do about the codes that people meet most. Control flow never looks at these. */
const HINTS: ReadonlyMap<number, string> = new Map([
	...entries(
		[16000, 50020],
		"Sign in with an account of this tenant, or have the account invited to it.",
	),
	...entries(
		[50012, 700027, 700030],
		"Check that this certificate is registered for the application, and that it is the one in use.",
	),
	...entries(
		[50013, 500133],
		"Get a new token of the user and exchange that one.",
	),
	...entries(
		[500131],
		"Exchange a token that the user got for this application: this one is for another.",
	),
	...entries(
		[7000114],
		"Exchange a token of a user: this one is an application's own, and stands for nobody.",
	),
	...entries(
		[50034, 50126],
		"Check user name and password, and that the account belongs to this tenant.",
	),
	...entries(
		[50053],
		"The account is locked after too many attempts: wait, or have it unlocked.",
	),
	...entries(
		[50055, 50135, 50144],
		"The password has expired: sign in once with a browser to change it.",
	),
	...entries(
		[50011],
		"Register the redirect URI of this request for the application, exactly as it is.",
	),
	...entries(
		[50105],
		"Have an administrator assign the user, or the application, to the resource.",
	),
	...entries(
		[50057, 7000112],
		"It is disabled: ask an administrator of the tenant.",
	),
	...entries(
		[50049],
		"The authority host is not one of Microsoft's: check authorityHost, or set disableInstanceDiscovery if it is your own.",
	),
	...entries([50058], "Nobody is signed in: sign in again."),
	...entries(
		[50072, 50074, 50076, 50078, 50079],
		"Multi-factor authentication is needed: sign in again, passing the claims of this error.",
	),
	...entries(
		[50097, 53000, 53001, 53002, 53003, 53004],
		"A conditional access policy of the tenant blocks this sign-in: ask its administrator.",
	),
	...entries(
		[50132, 50133, 50173, 70008, 70043, 700082],
		"The sign-in is no longer valid: sign in again.",
	),
	...entries(
		[50194, 9001023, 90130],
		"The application cannot use this kind of tenant: pass the id of one tenant as tenantId.",
	),
	...entries(
		[50196],
		"The application asks for the same thing over and over: keep one credential and reuse it.",
	),
	...entries([54005, 70000, 501481], "The code cannot be used: sign in again."),
	...entries(
		[65001],
		"Consent is missing: have a user or an administrator consent to the application.",
	),
	...entries(
		[65004],
		"Consent was declined: sign in again and accept, or ask an administrator to consent.",
	),
	...entries(
		[70016],
		"Nobody has finished the sign-in yet: open the page and enter the code.",
	),
	...entries(
		[70018, 70019, 70020, 90120],
		"The device code has expired or is unknown: start the sign-in again.",
	),
	...entries([90094], "An administrator has to consent to the application."),
	...entries(
		[70011, 28002, 500011, 650053],
		"Check the scope: it must name a resource that the tenant knows, and something that the resource offers.",
	),
	...entries([700022], "Ask for the scopes of one resource at a time."),
	...entries(
		[1002012],
		'An application asks for "{resource}/.default", such as "https://vault.azure.net/.default".',
	),
	...entries(
		[700005, 90072],
		"Sign in with an account of the tenant that is asked.",
	),
	...entries(
		[90002, 900023],
		"There is no such tenant in this cloud: check tenantId and authorityHost.",
	),
	...entries(
		[700016],
		"Check the client id, and that the application is registered in this tenant.",
	),
	...entries(
		[7000229],
		"Check the client id, and have an administrator consent to the application in this tenant.",
	),
	...entries(
		[700025],
		"The application is a public client: use a credential without a secret.",
	),
	...entries(
		[7000215],
		"Pass the value of the secret, not its id, and check that it belongs to this application.",
	),
	...entries(
		[7000218],
		"Pass a secret or an assertion, or allow public client flows in the application's registration.",
	),
	...entries(
		[7000222],
		"The secret has expired: create a new one in the application's registration.",
	),
	...entries(
		[700024],
		"The assertion is not valid at this time: check the clock of this machine.",
	),
	...entries(
		[70021, 700211, 700212, 700213],
		"Compare issuer, subject and audience of the token with the application's federated credential.",
	),
	...entries(
		[700021, 700023],
		"The assertion is for somebody else: its issuer and subject must be the client id, its audience the token endpoint.",
	),
	...entries([90006, 90024, 90033, 90055], "Try again later."),
	...entries(
		[100007],
		"Unset AZURE_REGIONAL_AUTHORITY_NAME and MSAL_FORCE_REGION: regional endpoints are for Microsoft's own services.",
	),
	...entries([240002], "Exchange an access token, not an id token."),
	...entries(
		[900144],
		"The request lacked what is named here: check the arguments of the credential.",
	),
]);

/** What to do about an `error` that says more than the code beside it, or comes without one. */
const HINTS_BY_ERROR: ReadonlyMap<unknown, string> = new Map([
	["invalid_instance", HINTS.get(50049) ?? ""],
	["expired_token", HINTS.get(70019) ?? ""],
	["code_expired", HINTS.get(70019) ?? ""],
	["bad_verification_code", HINTS.get(70018) ?? ""],
	["authorization_declined", "The person declined to sign in."],
]);

/** What a person can do about the codes, or about the `error` beside them, when we know. */
export function aadstsHint(
	codes: readonly number[],
	error: unknown,
): string | undefined {
	const known = codes.find((code) => HINTS.has(code));
	const byCode = known === undefined ? undefined : HINTS.get(known);
	return HINTS_BY_ERROR.get(error) ?? byCode;
}

function entries(
	codes: readonly number[],
	hint: string,
): (readonly [number, string])[] {
	return codes.map((code) => [code, hint] as const);
}
