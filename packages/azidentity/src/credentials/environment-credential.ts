import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
} from "../entra/entra-client-options.ts";
import { checkTenantId } from "../entra/tenants.ts";
import { CredentialUnavailableError } from "../errors.ts";
import { log } from "../foundation/log.ts";
import { environmentVariable } from "../platform/environment.ts";
import type { TokenCacheOption } from "./cache-options.ts";
import type { GetToken } from "./token-getter.ts";

/** Options of {@link EnvironmentCredential}. */
export interface EnvironmentCredentialOptions
	extends MultiTenantTokenCredentialOptions,
		AuthorityValidationOptions,
		TokenCacheOption {}

const NAME = "EnvironmentCredential";

const VARIABLES = [
	"AZURE_TENANT_ID",
	"AZURE_CLIENT_ID",
	"AZURE_CLIENT_SECRET",
	"AZURE_CLIENT_CERTIFICATE_PATH",
	"AZURE_CLIENT_CERTIFICATE_PASSWORD",
	"AZURE_CLIENT_SEND_CERTIFICATE_CHAIN",
	"AZURE_USERNAME",
	"AZURE_PASSWORD",
	"AZURE_ADDITIONALLY_ALLOWED_TENANTS",
] as const;

/** What is set of them. */
type Found = Partial<Record<(typeof VARIABLES)[number], string>>;

interface Inner {
	readonly getToken: GetToken;
}

/**
 * Authenticates as whom the environment says: an application by its secret or its certificate, or a
 * person by a password. AZURE_TENANT_ID and AZURE_CLIENT_ID are always needed; then, in this order:
 *
 * - AZURE_CLIENT_SECRET;
 * - AZURE_CLIENT_CERTIFICATE_PATH, and AZURE_CLIENT_CERTIFICATE_PASSWORD if the file has one, and
 *   AZURE_CLIENT_SEND_CERTIFICATE_CHAIN (`true` or `1`) if the service is to check the issuer of the certificate;
 * - AZURE_USERNAME and AZURE_PASSWORD. Deprecated: a password alone is no multi-factor authentication.
 *
 * AZURE_ADDITIONALLY_ALLOWED_TENANTS names further tenants, separated by ";", unless the option does.
 */
export class EnvironmentCredential implements TokenCredential {
	readonly #make: () => Promise<Inner>;
	#making: Promise<Inner> | undefined;
	#inner: Inner | undefined;

	/**
	 * Who signs in is read from the environment now. That something is missing is said by `getToken`.
	 * @throws CredentialUnavailableError when AZURE_TENANT_ID cannot be right.
	 */
	constructor(options?: EnvironmentCredentialOptions) {
		const found: Found = {};
		for (const name of VARIABLES) {
			const value = environmentVariable(name);
			if (value !== undefined) found[name] = value;
		}
		log.info(
			`${NAME} => found the environment variables: ${Object.keys(found).join(", ") || "none"}`,
		);
		if (found.AZURE_TENANT_ID !== undefined)
			checkTenantId(NAME, found.AZURE_TENANT_ID);
		this.#make = makerOf(found, options ?? {});
	}

	/**
	 * A token for the scopes, such as "https://storage.azure.com/.default": remembered, or got from
	 * Microsoft Entra ID. Never null.
	 * @throws CredentialUnavailableError when the environment says too little; it names what is missing.
	 * @throws what the credential behind it throws, of the same class and with the same fields; the first one is its `cause`.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		if (this.#inner !== undefined)
			return this.#inner.getToken(scopes, options).catch(rethrow);
		return this.#load()
			.then((inner) => inner.getToken(scopes, options))
			.catch(rethrow);
	}

	/** One credential, and so one memory, for all who call before it is there. */
	#load(): Promise<Inner> {
		this.#making ??= this.#make().then(
			(inner) => {
				this.#inner = inner;
				return inner;
			},
			(error) => {
				this.#making = undefined;
				throw error;
			},
		);
		return this.#making;
	}
}

/** How to make the credential that the variables are enough for. Its code is loaded when the first token is needed. */
function makerOf(
	found: Found,
	options: EnvironmentCredentialOptions,
): () => Promise<Inner> {
	const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = found;
	if (tenantId === undefined || clientId === undefined)
		return () => Promise.reject(incomplete(found));
	const shared = { ...options, ...allowedTenants(found, options) };

	const secret = found.AZURE_CLIENT_SECRET;
	if (secret !== undefined)
		return async () => {
			const { ClientSecretCredential } = await import(
				"./client-secret-credential.ts"
			);
			return new ClientSecretCredential(tenantId, clientId, secret, shared);
		};

	const certificatePath = found.AZURE_CLIENT_CERTIFICATE_PATH;
	if (certificatePath !== undefined)
		return async () => {
			const { ClientCertificateCredential } = await import(
				"./client-certificate-credential.ts"
			);
			const certificatePassword = found.AZURE_CLIENT_CERTIFICATE_PASSWORD;
			return new ClientCertificateCredential(
				tenantId,
				clientId,
				{
					certificatePath,
					...(certificatePassword && { certificatePassword }),
				},
				{ ...shared, sendCertificateChain: sendsChain(found) },
			);
		};

	const { AZURE_USERNAME: username, AZURE_PASSWORD: password } = found;
	if (username === undefined || password === undefined)
		return () => Promise.reject(incomplete(found));
	log.warning(
		`${NAME} => the environment is set for a user name and a password. This is deprecated, because a password alone is no multi-factor authentication: use a secret, a certificate or a managed identity.`,
	);
	return async () => {
		const { UsernamePasswordCredential } = await import(
			"./username-password-credential.ts"
		);
		return new UsernamePasswordCredential(
			tenantId,
			clientId,
			username,
			password,
			shared,
		);
	};
}

function allowedTenants(
	found: Found,
	options: EnvironmentCredentialOptions,
): Pick<EnvironmentCredentialOptions, "additionallyAllowedTenants"> {
	const list = found.AZURE_ADDITIONALLY_ALLOWED_TENANTS;
	if (options.additionallyAllowedTenants !== undefined || list === undefined)
		return {};
	const tenants = list.split(";").map((each) => each.trim());
	return { additionallyAllowedTenants: tenants.filter(Boolean) };
}

function sendsChain(found: Found): boolean {
	const value = found.AZURE_CLIENT_SEND_CERTIFICATE_CHAIN ?? "";
	return ["1", "true"].includes(value.trim().toLowerCase());
}

function incomplete(found: Found): CredentialUnavailableError {
	const missing: string[] = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"].filter(
		(name) => !(name in found),
	);
	const { AZURE_CLIENT_SECRET: secret, AZURE_CLIENT_CERTIFICATE_PATH: path } =
		found;
	if (secret === undefined && path === undefined) {
		const { AZURE_USERNAME: username, AZURE_PASSWORD: password } = found;
		if (username !== undefined && password === undefined)
			missing.push("AZURE_PASSWORD, which goes with AZURE_USERNAME");
		else if (username === undefined && password !== undefined)
			missing.push("AZURE_USERNAME, which goes with AZURE_PASSWORD");
		else if (username === undefined)
			missing.push(
				"one of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH, or AZURE_USERNAME with AZURE_PASSWORD",
			);
	}
	return new CredentialUnavailableError(
		`${NAME}: the environment does not say how to sign in. Not set: ${missing.join("; ")}.`,
	);
}

/**
 * The same error under this credential's name: of the same class, from the same place, with the same fields. The
 * first one stays as it is, because the cache may hand it out again.
 */
function rethrow(error: unknown): never {
	if (!(error instanceof Error) || error.name === "AbortError") throw error;
	if (error.message.startsWith(`${NAME}: `)) throw error;
	const { message, stack, cause, ...fields } =
		Object.getOwnPropertyDescriptors(error);
	const told = `${NAME}: ${error.message}`;
	const same = Reflect.construct(
		Error,
		[told, { cause: error }],
		error.constructor,
	);
	same.stack = error.stack?.replace(error.message, () => told);
	throw Object.defineProperties(same, fields);
}
