import type { HttpClient } from "@azure/core-rest-pipeline";
import type { ClientSecretCredentialOptions } from "azidentity";

export interface OwnAuthority extends HttpClient {
	/** Whether it answers nothing. */
	isOff: boolean;
	/** The scope that each token was issued for. */
	readonly issued: ReadonlyMap<string, string>;
}

export function ownAuthority(tokenBytes?: number): OwnAuthority;

/** Tenant, client and secret. */
export const WHO: readonly [string, string, string];

export function optionsFor(
	authority: OwnAuthority,
): ClientSecretCredentialOptions;
