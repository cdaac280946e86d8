import type { Document } from "./document.ts";
import {
	type Entity,
	type Identity,
	personOf,
	readIdentity,
	readText,
	readTime,
} from "./document-entity.ts";
import { refreshTokenKey } from "./document-keys.ts";

interface StoredRefreshToken {
	readonly secret: string;
	readonly clientId: string;
	readonly familyId: string;
	/** Whether it stands under the key that this library and Go would give it. */
	readonly isUnderOwnKey: boolean;
	/** In milliseconds since 1970; 0 when its writer does not say. */
	readonly modifiedAt: number;
}

/** The refresh tokens of a document, and which client may use which. */
export class RefreshTokens {
	readonly #byPerson = new Map<string, StoredRefreshToken[]>();
	/** The family of each client that is known; "" for one that is in none. */
	readonly #families = new Map<string, string>();

	constructor(document: Document) {
		for (const [key, entity] of document.entries("RefreshToken"))
			this.#add(key, entity);
		for (const tokens of this.#byPerson.values()) tokens.sort(byMerit);
		for (const [, entity] of document.entries("AppMetadata")) {
			const identity = readIdentity(entity);
			const familyId = readText(entity, "family_id");
			if (identity === undefined || familyId === undefined) continue;
			const client = clientOf(identity);
			// Each library writes an entry of its own, and only some say what the family is.
			this.#families.set(client, this.#families.get(client) || familyId);
		}
	}

	/** The secrets of all that may serve a person or an assertion's bearer, the best first. */
	find(identity: Identity): string[] {
		const all = this.#byPerson.get(personOf(identity)) ?? [];
		const own = all.filter((token) => token.clientId === identity.clientId);
		// A client known to be in no family, or not known at all, gets furthest with what is only its own.
		const alone = own.filter((token) => token.familyId === "");
		const family = this.#families.get(clientOf(identity));
		if (identity.assertionHash !== "" || family === undefined)
			return secretsOf([...alone, ...own]);
		const shared = all.filter((token) => token.familyId !== "");
		// As Go: a client in a family tries the family's token first, one in none its own.
		return secretsOf(
			family === "" ? [...alone, ...own, ...shared] : [...shared, ...own],
		);
	}

	#add(key: string, entity: Entity): void {
		const identity = readIdentity(entity);
		const secret = readText(entity, "secret");
		const familyId = readText(entity, "family_id");
		const environment = readText(entity, "environment");
		if (
			identity === undefined ||
			!secret ||
			familyId === undefined ||
			environment === undefined
		)
			return;
		const ownKey = refreshTokenKey({ ...identity, environment }, familyId);
		const person = personOf(identity);
		const tokens = this.#byPerson.get(person) ?? [];
		this.#byPerson.set(person, tokens);
		tokens.push({
			secret,
			clientId: identity.clientId,
			familyId,
			isUnderOwnKey: key.toLowerCase() === ownKey,
			modifiedAt: readTime(entity, "last_modification_time") ?? 0,
		});
	}
}

function byMerit(one: StoredRefreshToken, other: StoredRefreshToken): number {
	return (
		Number(other.isUnderOwnKey) - Number(one.isUnderOwnKey) ||
		other.modifiedAt - one.modifiedAt
	);
}

function clientOf(identity: Identity): string {
	return JSON.stringify([identity.environment, identity.clientId]);
}

function secretsOf(tokens: readonly StoredRefreshToken[]): string[] {
	return [...new Set(tokens.map((token) => token.secret))];
}
