import type { IncomingHttpHeaders } from "node:http";
import type { ArcKeys } from "./arc-keys.ts";

/** What a caller asks. `parameters` are those of the query, or of the form where a host takes a form. */
export interface Ask {
	readonly headers: IncomingHttpHeaders;
	readonly parameters: URLSearchParams;
}

export interface Answer {
	readonly status: number;
	/** JSON, or plain text. */
	readonly body: object | string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** A token as the wire says it: epoch seconds and seconds, in text. */
export interface MintedFields {
	readonly access_token: string;
	readonly expires_in: string;
	readonly expires_on: string;
	readonly not_before: string;
	readonly resource: string;
	readonly token_type: "Bearer";
}

export interface Surroundings {
	mint(clientId: string, resource: string): Promise<MintedFields>;
	/** Without it there is no Arc agent here. */
	readonly arcKeys?: ArcKeys;
}

export interface Host {
	readonly method: "GET" | "POST";
	answer(ask: Ask, surroundings: Surroundings): Promise<Answer>;
	/** How this host passes on what the authority said no to: its OAuth error, and its text. */
	refusal(error: string, text: string): Answer;
}

/** What App Service calls `IDENTITY_HEADER`, Service Fabric likewise, and Azure ML `MSI_SECRET`. Well known: this guards nothing. */
export const IDENTITY_HEADER = "emulator-header";

export const ok = (body: object | string): Answer => ({ status: 200, body });

/** An error as App Service and Azure ML word it. */
export const message = (statusCode: number, text: string): Answer => ({
	status: statusCode,
	body: { statusCode, message: text },
});

/** An error as Cloud Shell and Service Fabric word it. */
export const coded = (status: number, code: string, text: string): Answer => ({
	status,
	body: { error: { code, message: text } },
});
