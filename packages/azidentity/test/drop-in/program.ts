// A program written for @azure/identity: the rest of it. What it prints is the same with either package.
import {
	type AccessToken,
	AggregateAuthenticationError,
	AggregateAuthenticationErrorName,
	AuthenticationError,
	AuthenticationErrorName,
	type AuthenticationRecord,
	AuthenticationRequiredError,
	AzureAuthorityHosts,
	CredentialUnavailableError,
	CredentialUnavailableErrorName,
	deserializeAuthenticationRecord,
	type GetTokenOptions,
	type IdentityPlugin,
	logger,
	serializeAuthenticationRecord,
	type TokenCredential,
	useIdentityPlugin,
} from "@azure/identity";
import {
	browsers,
	chain,
	credentials,
	devices,
	nothing,
} from "./credentials.ts";
import { options } from "./options.ts";

const say = (...facts: unknown[]) => console.log(JSON.stringify(facts));
const SCOPE = "https://vault.azure.net/.default";

const plugin: IdentityPlugin = (_context: unknown) => {};
useIdentityPlugin(plugin);
logger.info("a line of the program's own");

for (const credential of credentials) {
	say(credential.constructor.name, typeof credential.getToken);
}

/** What programs do with any credential, and clients with all. */
export function tokens(call: GetTokenOptions): Promise<AccessToken | null>[] {
	const all: TokenCredential[] = [
		options.TokenCredential,
		chain,
		nothing(),
		...credentials,
	];
	return all.flatMap((credential) => [
		credential.getToken(SCOPE),
		credential.getToken([SCOPE], call),
		credential.getToken(SCOPE, { abortSignal: AbortSignal.timeout(1_000) }),
	]);
}

/** What programs do with credentials of people. */
export async function signIn(): Promise<string[]> {
	const records: (AuthenticationRecord | undefined)[] = [];
	const call = options.GetTokenOptions;
	for (const person of [...devices, ...browsers]) {
		records.push(await person.authenticate(SCOPE));
		records.push(await person.authenticate([SCOPE], call));
	}
	return records.map((record) =>
		record === undefined ? "" : serializeAuthenticationRecord(record),
	);
}

const record = options.AuthenticationRecord;
const text = serializeAuthenticationRecord(record);
say(deserializeAuthenticationRecord(text));
say(AzureAuthorityHosts, AzureAuthorityHosts.AzureGovernment);

const host: AzureAuthorityHosts = AzureAuthorityHosts.AzureChina;
say(host);

const cause = new Error("the cause");
const body = {
	error: "invalid_grant",
	error_description: "AADSTS50126: no",
	error_codes: [50_126],
	timestamp: "2026-01-01 00:00:00Z",
	trace_id: "a trace",
	correlation_id: "a call",
};
const required = options.AuthenticationRequiredErrorOptions;
const errors: Error[] = [
	new CredentialUnavailableError(),
	new CredentialUnavailableError("not here"),
	new CredentialUnavailableError("not here", { cause }),
	new AuthenticationError(400, body),
	new AuthenticationError(401, JSON.stringify(body), { cause }),
	new AuthenticationError(500, undefined),
	new AuthenticationError(500, null),
	new AggregateAuthenticationError([cause]),
	new AggregateAuthenticationError([cause], "all failed"),
	new AuthenticationRequiredError({ scopes: [SCOPE] }),
	new AuthenticationRequiredError(required),
];
for (const error of errors) {
	say(error.name, error instanceof Error, error.cause === cause);
	if (error instanceof AuthenticationError) {
		const { error: code, errorCodes, traceId } = error.errorResponse;
		say(error.statusCode, code, errorCodes, traceId);
	}
	if (error instanceof AggregateAuthenticationError)
		say(error.errors.length, error.message);
	if (error instanceof AuthenticationRequiredError)
		say(error.scopes, error.getTokenOptions?.tenantId);
	if (error instanceof CredentialUnavailableError) say(error.message);
}
say(
	AggregateAuthenticationErrorName,
	AuthenticationErrorName,
	CredentialUnavailableErrorName,
);
