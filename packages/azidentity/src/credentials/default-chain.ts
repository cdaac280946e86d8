import type { TokenCredential } from "@azure/core-auth";
import {
	AuthenticationErrorName,
	CredentialUnavailableError,
} from "../errors.ts";
import type { Link } from "./chain.ts";

/** The links of the default chain, in their order; each name may stand in AZURE_TOKEN_CREDENTIALS but the last. */
const PRODUCTION = [
	"EnvironmentCredential",
	"WorkloadIdentityCredential",
	"ManagedIdentityCredential",
] as const;
const DEVELOPMENT = [
	"VisualStudioCodeCredential",
	"AzureCliCredential",
	"AzurePowerShellCredential",
	"AzureDeveloperCliCredential",
	"BrokerCredential",
] as const;

/** A link of the default chain. */
export type DefaultLinkName =
	| (typeof PRODUCTION)[number]
	| (typeof DEVELOPMENT)[number];

/**
 * The links that AZURE_TOKEN_CREDENTIALS selects: those of production, those of development, or a single one; all of
 * them when it is not set.
 * @throws TypeError when it names none.
 */
export function selectedLinks(
	credentialName: string,
	selector: string | undefined,
): readonly DefaultLinkName[] {
	const wanted = selector?.trim().toLowerCase() ?? "";
	if (wanted === "") return [...PRODUCTION, ...DEVELOPMENT];
	if (wanted === "prod") return PRODUCTION;
	if (wanted === "dev") return DEVELOPMENT;
	const selectable = [
		...PRODUCTION,
		...DEVELOPMENT.filter((name) => name !== "BrokerCredential"),
	];
	const single = selectable.find((name) => name.toLowerCase() === wanted);
	if (single !== undefined) return [single];
	throw new TypeError(
		`${credentialName}: the environment variable AZURE_TOKEN_CREDENTIALS names no credential. Set it to "prod", "dev", or one of ${selectable.join(", ")}, or unset it.`,
	);
}

/**
 * A link as the default chain has it. One whose constructor refuses stays in the chain and says why when it is asked;
 * a developer's tool that fails is passed over like one that is not there.
 */
export function defaultLink(
	name: DefaultLinkName,
	make: () => TokenCredential,
): Link {
	return { name, credential: credentialOf(name, make) };
}

function credentialOf(
	name: DefaultLinkName,
	make: () => TokenCredential,
): TokenCredential {
	try {
		const credential = make();
		const isTool = DEVELOPMENT.some((each) => each === name);
		return isTool ? passedOverWhenFailed(credential) : credential;
	} catch (error) {
		const reason = error instanceof Error ? error.message : "unknown";
		return unavailableCredential(reason, error);
	}
}

/** A credential that says why it cannot be asked. */
export function unavailableCredential(
	reason: string,
	cause?: unknown,
): TokenCredential {
	return {
		async getToken() {
			throw new CredentialUnavailableError(
				reason,
				cause === undefined ? undefined : { cause },
			);
		},
	};
}

function passedOverWhenFailed(credential: TokenCredential): TokenCredential {
	return {
		async getToken(scopes, options) {
			try {
				return await credential.getToken(scopes, options);
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				if (error.name !== AuthenticationErrorName) throw error;
				throw new CredentialUnavailableError(error.message, { cause: error });
			}
		},
	};
}
