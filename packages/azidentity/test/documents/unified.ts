import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

/** A document with every kind of entry, whose keys and lookups were found by running MSAL Go on it. */
export const UNIFIED = readFileSync(
	path.join(import.meta.dirname, "unified.json"),
	"utf8",
);

export type Entities = Record<string, Record<string, string>>;

export interface Sections {
	AccessToken: Entities;
	RefreshToken: Entities;
	IdToken: Entities;
	Account: Entities;
	AppMetadata: Entities;
}

/** The same, parsed anew for each caller who wants to change it. */
export function unified(): Sections {
	return JSON.parse(UNIFIED);
}

/** A document of ours, parsed to be looked into. */
export function sections(text: string): Sections {
	return JSON.parse(text);
}

export const TENANT = "0a1b2c3d-0000-4000-8000-00000000bb02";
export const HOME = `0a1b2c3d-0000-4000-8000-00000000aa01.${TENANT}`;

/** The client that a person signed in to. */
export const PUBLIC_CLIENT = "0a1b2c3d-0000-4000-8000-00000000cc03";
/** The client that has tokens of its own. */
export const APP = "0a1b2c3d-0000-4000-8000-00000000dd04";

/** When the document is looked up, unless a test says otherwise. */
export const NOW = 1_700_000_100_000;

export const USER_OWNER = {
	clientId: PUBLIC_CLIENT,
	environment: "login.microsoftonline.com",
	tenantId: TENANT,
	homeAccountId: HOME,
};

export const APP_OWNER = {
	clientId: APP,
	environment: "login.microsoftonline.com",
	tenantId: TENANT,
};

/** The document after a change. */
export function changed(change: (sections: Sections) => void): string {
	const document = unified();
	change(document);
	return JSON.stringify(document);
}

/** The entry of the person's token in a document that is being changed. */
export function userToken({ AccessToken }: Sections): Record<string, string> {
	const entity = Object.values(AccessToken)[0];
	assert.equal(entity?.secret, "at-user");
	return entity;
}
