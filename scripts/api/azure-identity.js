// Where our public names differ from those of @azure/identity, each with the reason. A program moves over by changing
// one import, so nothing may differ that is not in here; and nothing may stay in here once it is no longer so.

/** What is still to come, by what it comes with: names, or what of them as in ON_PURPOSE. */
export const NOT_YET = {};

/**
 * What differs on purpose: by the name and, after a dot, what of it: `arity`, `name`, `kind`, a member, `arguments`,
 * `instance`, `type`. `*` stands for every type.
 */
export const ON_PURPOSE = {
	"*.tokenCache":
		"shares a memory among credentials, which there each has for itself",
	"TokenCachePersistenceOptions.directory":
		"where the files go, for programs that may not write to the home directory",
	"WorkloadIdentityCredentialOptions.tokenCachePersistenceOptions":
		"keeps tokens on disk as for every other credential of an application; there it is left out",
	"AuthorizationCodeCredentialOptions.tokenCachePersistenceOptions":
		"keeps what the person's sign-in brought on disk as for every other credential of a person; there it is left out",
	"AuthorizationCodeCredentialOptions.codeVerifier":
		"redeems the code of a sign-in with PKCE, which web applications are told to use",
	"AzureCliCredentialOptions.rememberTokens":
		"spares the start of a process while the same account is signed in; off unless asked for",
	"ChainedTokenCredential.withOptions":
		"whether a chain keeps to the credential that answered, and whether it goes on after a refusal",
	"AggregateAuthenticationError.isUnavailable":
		"lets a chain go on past a chain of which nobody could try",
	"AuthenticationError.isOutage":
		"tells a service that could not answer from one that refused",
	"AuthenticationError.isUnavailable":
		"lets a chain go on when something else answered in the place of the token service",
	"InteractiveBrowserCredentialNodeOptions.responseMode":
		"for browsers that send no form to localhost, and to keep the code out of addresses everywhere else",
	"InteractiveBrowserCredentialNodeOptions.signInTimeout":
		"there a sign-in that nobody finishes waits for ever",
	"AuthenticationError.notBefore":
		"when a throttled program may ask again, which there is not to be had",
	"AuthenticationError.retryAfter": "the same, as the service said it",
	"ErrorResponse.claims":
		"what a new sign-in must satisfy: a front end cannot go on without it",
	"ErrorResponse.suberror": "why exactly a sign-in is needed",
};
