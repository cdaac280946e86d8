import type { AccessToken, GetTokenOptions } from "@azure/core-auth";
import { homePartitions } from "../cache/home-partitions.ts";
import { type Ask, writtenOf } from "../cache/need.ts";
import type { Owner } from "../cache/owner.ts";
import type { Partition } from "../cache/partition.ts";
import { allowedTenants, resolveTenant } from "../entra/tenants.ts";
import { throwIfAborted } from "../foundation/abort.ts";
import { log } from "../foundation/log.ts";
import { reasonOf } from "../foundation/reason.ts";
import { normaliseScopes } from "../foundation/scopes.ts";
import type { Grant, TokenRequest, TokenSource } from "../token.ts";
import { type CacheOptions, tokenCacheOf } from "./cache-options.ts";

/** `getToken` of a credential: never null, and never slower than a look into memory when the token is there. */
export type GetToken = (
	scopes: string | string[],
	options?: GetTokenOptions,
) => Promise<AccessToken>;

interface TokenGetterParts {
	readonly credentialName: string;
	/** Whom the tokens belong to, but for the tenant, which each call may choose. */
	readonly owner: Omit<Owner, "tenantId">;
	/**
	 * The tenant of calls that name none; "" for a tool's own, beside which any may be named. Left out by a
	 * credential that knows no tenants, and ignores those of calls.
	 */
	readonly tenantId?: string;
	readonly options: CacheOptions & {
		additionallyAllowedTenants?: readonly string[];
	};
	readonly source: TokenSource;
	/** The scopes as the source gets them; throws when they cannot be. Default: as Entra takes them. */
	readonly normalise?: (
		credentialName: string,
		scopes: string | readonly string[],
	) => readonly string[];
	/** Whether the tokens must not outlive the process, whatever the cache is. Default false. */
	readonly isMemoryOnly?: boolean;
	/** Whether a claims challenge only says that the token was refused, and none of it is sent. Default false. */
	readonly ignoresClaims?: boolean;
}

/** Stands for the tenant where there is none, as in the caches of other libraries. */
const NO_TENANT = "managed_identity";

const NO_OPTIONS: GetTokenOptions = {};

/** Joins a source and a cache: which tenant, which flavour, whose partition. */
export function tokenGetter(parts: TokenGetterParts): GetToken {
	const { credentialName } = parts;
	const partitionOf = partitionFinder(parts);
	const source = reported(credentialName, parts.source);
	const askFor = askReader(
		credentialName,
		parts.normalise,
		parts.ignoresClaims,
	);

	return (scopes, options = NO_OPTIONS) => {
		const { tenantId, enableCae = false } = options;
		let partition: Partition;
		let ask: Ask;
		try {
			ask = askFor(scopes, options);
			partition = partitionOf(tenantId, enableCae);
		} catch (error) {
			return Promise.reject(error);
		}
		return partition.get(ask, source);
	};
}

/** Reads what a caller wants. It throws when the caller has left already, or wants what nobody can give. */
export function askReader(
	credentialName: string,
	normaliseFor: NonNullable<TokenGetterParts["normalise"]> = normaliseScopes,
	ignoresClaims = false,
) {
	const normalise = (scopes: string | string[]) =>
		normaliseFor(credentialName, scopes);

	return (scopes: string | string[], options: GetTokenOptions): Ask => {
		const { abortSignal } = options;
		throwIfAborted(abortSignal);
		if (options.proofOfPossessionOptions !== undefined)
			throw noProofOfPossession(credentialName);
		const claims = options.claims || undefined;
		return {
			scopes,
			written: writtenOf(scopes),
			normalise,
			// What is not sent makes no difference: callers with any claims share one request.
			claims: claims && ignoresClaims ? "{}" : claims,
			abortSignal,
			timeout: options.requestOptions?.timeout,
			tracingOptions: options.tracingOptions,
		};
	};
}

/** Finds the partition for the tenant of a call and the flavour of token. Throws for a tenant that is not allowed. */
function partitionFinder(parts: TokenGetterParts) {
	const { credentialName, isMemoryOnly, owner, tenantId: configured } = parts;
	const { additionallyAllowedTenants } = parts.options;
	const allowed = allowedTenants(credentialName, additionallyAllowedTenants);
	const cache = tokenCacheOf(credentialName, parts.options);
	const tenantOf = (tenantId: string | undefined) =>
		configured === undefined
			? NO_TENANT
			: resolveTenant(credentialName, configured, tenantId, allowed);
	const partitionOf = (tenantId: string | undefined, cae: boolean) =>
		cache.partition(
			{ ...owner, tenantId: tenantOf(tenantId) },
			cae,
			isMemoryOnly,
		);
	const find = homePartitions(partitionOf);
	// Who knows no tenants takes no notice of those of calls.
	return (tenantId: string | undefined, cae: boolean) =>
		find(configured === undefined ? undefined : tenantId, cae);
}

/** The source, saying in the log how each of its requests ended. Hits say nothing. */
export function reported<Rest extends unknown[]>(
	credentialName: string,
	source: (request: TokenRequest, ...rest: Rest) => Promise<Grant>,
): (request: TokenRequest, ...rest: Rest) => Promise<Grant> {
	return async (request, ...rest) => {
		const scopes = request.scopes.join(", ");
		try {
			const grant = await source(request, ...rest);
			log.info(
				`${credentialName} => getToken() => SUCCESS. Scopes: ${scopes}.`,
			);
			return grant;
		} catch (error) {
			const reason = reasonOf(error);
			log.info(
				`${credentialName} => getToken() => ERROR. Scopes: ${scopes}. Error message: ${reason}`,
			);
			throw error;
		}
	};
}

function noProofOfPossession(credentialName: string): Error {
	return new TypeError(
		`${credentialName}: proofOfPossessionOptions needs a broker, which this package does not use. Leave the option out to get a bearer token.`,
	);
}
