import type { HttpInternals } from "../platform/http.ts";
import type { HttpOptions } from "../platform/http-options.ts";
import type { TokenSource } from "../token.ts";
import type { Identity } from "./identity.ts";

/** A place where a program may run, and that has an identity for it. */
export interface Host {
	/** As messages and the log name it. */
	readonly name: string;
	/** Where it is asked; it stays so for the life of the credential. */
	readonly endpoint: string;
	/** Takes one scope, which is the resource. */
	readonly source: TokenSource;
}

/** What a host is found and built with. */
export interface Surroundings {
	readonly credentialName: string;
	/** The identity to ask for; undefined for the machine's own. */
	readonly identity: Identity | undefined;
	readonly options: HttpOptions & HttpInternals;
	/** An environment variable; undefined when it is empty, too. */
	readonly variable: (name: string) => string | undefined;
	/** Whether IMDS is asked for a sign of life first, so that a chain need not wait for who is not there. */
	readonly probes: boolean;
	/** Where the Azure Arc agent has its program and its keys, in place of the usual places. */
	readonly arcFiles?: { readonly himds: string; readonly tokens: string };
}

/** Where a host is, as its requests need it. */
export type Place = Pick<Host, "name" | "endpoint">;

/** Is it here? Throws a CredentialUnavailableError when it is, and cannot do what is asked of it. */
export type FindHost = (surroundings: Surroundings) => Host | undefined;
