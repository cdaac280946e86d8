// Every refusal the emulator knows, with status, error and code as the service gives them. The codes marked (U) are a
// plausible choice: no capture of the real answer was at hand.
import { EntraError } from "./entra-error.ts";

const badRequest = (error: string, code: number, text: string, extra = {}) =>
	new EntraError(400, error, code, text, extra);
const badClient = (code: number, text: string) =>
	new EntraError(401, "invalid_client", code, text);
const badGrant = (code: number, text: string, extra = {}) =>
	badRequest("invalid_grant", code, text, extra);

/** The claims a person must satisfy with a second factor; clients hand them back to the sign-in. */
const SECOND_FACTOR_CLAIMS =
	'{"access_token":{"capolids":{"essential":true,"values":["c0ffee00-0000-4000-8000-000000000000"]}}}';

// The request as a whole
export const unknownTenant = (name: string) =>
	badRequest(
		"invalid_tenant",
		90002,
		`Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
	);
export const noTenant = () =>
	badRequest(
		"invalid_request",
		50059,
		"No tenant-identifying information found in either the request or implied by any provided credentials.",
	);
export const unknownInstance = (host: string) =>
	badRequest(
		"invalid_instance",
		50049,
		`Unknown or invalid instance '${host}'.`,
	);
export const missingParameter = (name: string) =>
	badRequest(
		"invalid_request",
		900144,
		`The request body must contain the following parameter: '${name}'.`,
	);
export const duplicateParameter = (name: string) =>
	badRequest(
		"invalid_request",
		9000411, // (U)
		`The request is not properly formatted. The parameter '${name}' is duplicated.`,
	);
export const onlyPost = (method: string) =>
	new EntraError(
		405,
		"invalid_request",
		900561,
		`The endpoint only accepts POST requests. Received a ${method} request.`,
	);
export const tooLarge = () =>
	new EntraError(413, "invalid_request", 90023, "The request is too large.");
export const malformed = (detail: string) =>
	badRequest(
		"invalid_request",
		90023, // for whatever the engine finds wrong with the form of a request
		`The request is not properly formatted: ${detail}.`,
	);
export const unsupportedGrant = (grantType: string) =>
	badRequest(
		"unsupported_grant_type",
		70003,
		`The app requested an unsupported grant type '${grantType}'.`,
	);

// Scopes and resources
export const badScope = (detail: string) =>
	badRequest(
		"invalid_scope",
		70011,
		`The provided value for the input parameter 'scope' is not valid. ${detail}`,
	);
export const scopeWithoutDefault = (scope: string) =>
	badRequest(
		"invalid_scope",
		1002012,
		`The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
	);
export const unknownResource = (resource: string, tenant: string) =>
	badRequest(
		"invalid_resource",
		500011,
		`The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
	);

// Clients and their proofs
export const unknownApp = (clientId: string, tenant: string) =>
	badRequest(
		"unauthorized_client",
		700016,
		`Application with identifier '${clientId}' was not found in the directory '${tenant}'.`,
	);
export const wrongSecret = (clientId: string) =>
	badClient(
		7000215,
		`Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
	);
export const proofMissing = () =>
	badClient(
		7000218,
		"The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
	);
export const publicWithSecret = () =>
	badClient(
		700025,
		"Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
	);
export const unknownCertificate = (detail: string) =>
	badClient(
		700027,
		`The certificate with identifier used to sign the client assertion is not registered on application, or the assertion failed signature validation. [Reason - ${detail}]`,
	);
export const assertionAudience = () =>
	badClient(
		700023, // (U)
		"Client assertion audience claim does not match Realm issuer.",
	);
export const assertionTime = () =>
	badClient(
		700024,
		"Client assertion is not within its valid time range. Current time and the times of the assertion differ.",
	);
export const federatedIssuer = (issuer: string) =>
	badClient(
		700211,
		`No matching federated identity record found for presented assertion issuer '${issuer}'.`,
	);
export const federatedAudience = (audience: string) =>
	badClient(
		700212,
		`No matching federated identity record found for presented assertion audience '${audience}'.`,
	);
export const federatedSubject = (subject: string) =>
	badClient(
		700213,
		`No matching federated identity record found for presented assertion subject '${subject}'.`,
	);

// Codes and refresh tokens
export const grantMalformed = (detail: string, extra = {}) =>
	badGrant(
		70000,
		`Provided grant is invalid or malformed. [Reason - ${detail}]`,
		extra,
	);
export const codeExpired = () =>
	badGrant(
		70008,
		"The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
	);
export const codeUsed = () =>
	badGrant(
		54005,
		"OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
	);
export const wrongVerifier = () =>
	badGrant(
		501481,
		"The Code_Verifier does not match the code_challenge supplied in the authorization request.",
	);
export const redirectDiffers = () =>
	badGrant(
		500112,
		"The reply address does not match the reply address provided when requesting Authorization code.",
	);
export const refreshExpired = () =>
	badGrant(
		700082,
		"The refresh token has expired due to inactivity. The token was issued some time ago and was inactive for longer than its lifetime.",
		{ suberror: "bad_token" },
	);
export const revoked = () =>
	badGrant(
		50173,
		"The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
	);

// People
export const unknownUser = (username: string, tenant: string) =>
	badGrant(
		50034,
		`The user account ${username} does not exist in the ${tenant} directory. To sign into this application, the account must be added to the directory.`,
	);
export const wrongPassword = () =>
	badGrant(
		50126,
		"Error validating credentials due to invalid username or password.",
	);
export const secondFactorNeeded = () =>
	badGrant(
		50076,
		"Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.",
		{ suberror: "basic_action", claims: SECOND_FACTOR_CLAIMS },
	);

// On behalf of
export const assertionSignature = () =>
	badGrant(50013, "Assertion failed signature validation.");
export const userAssertionTime = () =>
	badGrant(500133, "Assertion is not within its valid time range.");
export const userAssertionAudience = () =>
	badGrant(
		500131,
		"Assertion audience does not match the Client app presenting the assertion.",
	);
export const appOnlyAssertion = (clientId: string) =>
	badGrant(
		7000114,
		`Application '${clientId}' is not allowed to make application on-behalf-of calls.`,
	);
export const idTokenAssertion = () =>
	badRequest(
		"invalid_request",
		240002,
		"Input id_token cannot be used as 'urn:ietf:params:oauth:grant-type:jwt-bearer' grant.",
	);

// Devices
export const devicePending = () =>
	badRequest(
		"authorization_pending",
		70016,
		"OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
	);
export const deviceExpired = () =>
	badRequest(
		"expired_token",
		70019,
		"Verification code expired. The value for the input parameter 'device_code' is not valid any more.",
	);
export const deviceDeclined = () =>
	badRequest(
		"authorization_declined",
		70018, // (U)
		"The end user declined the authorization request.",
	);
export const slowDown = () =>
	badRequest(
		"slow_down",
		50196, // (U)
		"The device polls too often. Wait longer between polls.",
	);
