import { CredentialUnavailableError } from "../errors.ts";

/**
 * What ids and domain names of tenants are made of. Anything else would change the URL it is put into, and what begins
 * with "-" a tool would take for an option.
 */
const TENANT = /^[0-9a-zA-Z.][0-9a-zA-Z.-]*$/;
const ONLY_DOTS = /^\.+$/;

/** These stand for "whoever signs in", so an application cannot get a token of its own there. */
const SHARED_TENANTS: ReadonlySet<string> = new Set([
	"common",
	"organizations",
	"consumers",
]);

/** Active Directory Federation Services: one directory per host, so there is no other tenant to choose. */
const ADFS = "adfs";

/** Whether the tenant stands for an ADFS server. */
export function isAdfs(tenantId: string): boolean {
	return tenantId.toLowerCase() === ADFS;
}

/**
 * Refuses what cannot be the id or the domain name of a tenant; `what` says where it came from. The value is not shown: arguments
 * get mixed up, and one of them may be a secret.
 * @throws CredentialUnavailableError
 */
export function checkTenantId(
	credentialName: string,
	tenantId: string,
	what = "the argument tenantId",
): void {
	if (
		typeof tenantId === "string" &&
		TENANT.test(tenantId) &&
		!ONLY_DOTS.test(tenantId)
	)
		return;
	throw new CredentialUnavailableError(
		`${credentialName}: ${what} is not the id or the domain name of a tenant: only letters, digits, "-" and "." may be in it. The portal shows it as "Directory (tenant) ID".`,
	);
}

/**
 * {@link checkTenantId}, and refuses `common`, `organizations` and `consumers`: an application signs in
 * to one tenant.
 * @throws CredentialUnavailableError
 */
export function checkSpecificTenant(
	credentialName: string,
	tenantId: string,
): void {
	checkTenantId(credentialName, tenantId);
	if (!SHARED_TENANTS.has(tenantId.toLowerCase())) return;
	throw new CredentialUnavailableError(
		`${credentialName}: the argument tenantId must name one tenant; "${tenantId}" is for people who sign in. The portal shows the tenant's id as "Directory (tenant) ID".`,
	);
}

/**
 * The option `additionallyAllowedTenants` as {@link resolveTenant} wants it: a list of our own, without blanks.
 * @throws TypeError when it is no list of texts: a text alone would allow what is spelled like a part of it.
 */
export function allowedTenants(
	credentialName: string,
	option: readonly string[] | undefined,
): readonly string[] {
	if (option === undefined || option === null) return [];
	if (
		!Array.isArray(option) ||
		!option.every((tenant) => typeof tenant === "string")
	)
		throw new TypeError(
			`${credentialName}: the option additionallyAllowedTenants is not a list of texts. Pass one such as ["contoso.com"], or ["*"] to allow any tenant.`,
		);
	return option
		.map((tenant) => tenant.trim().toLowerCase())
		.filter((tenant) => tenant !== "");
}

/**
 * The tenant that a call is for: the configured one, or another that the call names and the
 * credential may use. AZURE_IDENTITY_DISABLE_MULTITENANTAUTH, set to anything, keeps to the configured one.
 * @param configured "" for none: then any tenant may be named.
 * @param allowed Other tenants that may be used, as {@link allowedTenants} has them; "*" stands for any.
 * @throws CredentialUnavailableError when the tenant is not allowed, or cannot be one.
 */
export function resolveTenant(
	credentialName: string,
	configured: string,
	requested: string | undefined,
	allowed: readonly string[] = [],
): string {
	if (requested === undefined || requested === "") return configured;
	checkTenantId(credentialName, requested, "the tenantId given to getToken");
	const wanted = requested.toLowerCase();
	if (wanted === configured.toLowerCase()) return configured;
	if (isAdfs(configured)) return configured;
	if (process.env.AZURE_IDENTITY_DISABLE_MULTITENANTAUTH) return configured;
	if (configured === "") return wanted;
	if (allowed.includes("*") || allowed.includes(wanted)) return wanted;
	throw new CredentialUnavailableError(
		`${credentialName}: the credential is not configured to get tokens for tenant ${requested}. Add it to the option additionallyAllowedTenants, or add "*" to allow any tenant.`,
	);
}
